/** `<tarnkappe-input>` for React 18 and later. Only the browser has elements; on a server it is rendered as an empty one. */

"use client"; // Where React renders on the server, it must know that this belongs to the browser.

import { createElement, forwardRef, useEffect, useImperativeHandle, useRef } from "react";
import type { HTMLAttributes } from "react";
import "tarnkappe/element";
import type { ErrorDetail, ProtectedDetail, ReportDetail, TarnkappeInput as TarnkappeInputElement } from "tarnkappe/element";
import type { Method } from "tarnkappe";

export interface TarnkappeInputProps extends Omit<HTMLAttributes<TarnkappeInputElement>, "onChange"> {
  name?: string;
  accept?: string;
  multiple?: boolean;
  required?: boolean;
  disabled?: boolean;
  capture?: "user" | "environment";
  form?: string;
  method?: Method;
  auto?: boolean;
  review?: boolean;
  maxFiles?: number;
  maxSize?: number;
  /** Own URL of the package's folder `assets`, with a slash at its end. */
  assets?: string;
  /** The copies that the form would send now. */
  onChange?: (files: File[]) => void;
  onReport?: (detail: ReportDetail) => void;
  onProtected?: (detail: ProtectedDetail) => void;
  onFailure?: (detail: ErrorDetail) => void;
}

const FLAGS = ["multiple", "required", "disabled", "auto", "review"] as const;

export const TarnkappeInput = forwardRef<TarnkappeInputElement, TarnkappeInputProps>(function TarnkappeInput(props, outerRef) {
  const { maxFiles, maxSize, onChange, onReport, onProtected, onFailure, multiple, required, disabled, auto, review, className, form, ...rest } = props;
  const flags = { multiple, required, disabled, auto, review };
  const ref = useRef<TarnkappeInputElement>(null);
  useImperativeHandle(outerRef, () => ref.current as TarnkappeInputElement);
  useEffect(() => {
    const element = ref.current;
    if (element === null) {
      return undefined;
    }
    const detail = <D>(handle: ((detail: D) => void) | undefined) => (event: Event) => handle?.((event as CustomEvent<D>).detail);
    const listeners: [string, (event: Event) => void][] = [
      ["change", () => onChange?.(element.validity.valid ? [...element.files] : [])],
      ["tarnkappe-report", detail(onReport)],
      ["tarnkappe-protected", detail(onProtected)],
      ["tarnkappe-error", detail(onFailure)],
    ];
    listeners.forEach(([name, listener]) => element.addEventListener(name, listener));
    return () => listeners.forEach(([name, listener]) => element.removeEventListener(name, listener));
  });
  // React would set the property of that name, which can only be read.
  useEffect(() => {
    form === undefined ? ref.current?.removeAttribute("form") : ref.current?.setAttribute("form", form);
  }, [form]);
  // An attribute that is there counts, whatever its value.
  const set = Object.fromEntries(FLAGS.flatMap((name) => (flags[name] ? [[name, ""]] : [])));
  return createElement("tarnkappe-input", { ...rest, ...set, class: className, "max-files": maxFiles, "max-size": maxSize, ref });
});
