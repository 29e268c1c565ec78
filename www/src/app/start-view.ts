import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";

const STEPS = ["find", "cover", "prove"] as const;

/** What is seen before there is a photo: what this is, what it promises, and the way in. */
export function startView(context: Context, takePhoto: () => void): HTMLElement {
  const { t } = context;
  return h(
    "div",
    { class: "start" },
    h(
      "div",
      { class: "start-words" },
      h("h1", { tabindex: -1 }, t("start.title")),
      h("p", { class: "lead" }, t("start.lead")),
      h(
        "p",
        { class: "promise" },
        icon("lock"),
        h("span", {}, t("start.promise"), " ", h("span", { class: "when-ready" }, t("start.offline"))),
      ),
    ),
    dropZone(context, takePhoto),
    h("ol", { class: "steps" }, ...STEPS.map((step) => stepItem(context, step))),
    h("p", { class: "caveat" }, t("start.caveat")),
  );
}

function dropZone({ t, choosePhotos }: Context, takePhoto: () => void): HTMLElement {
  return h(
    "div",
    { class: "drop-zone" },
    h("div", { class: "drop-picture", "aria-hidden": "true" }, ...["a", "b", "c"].map(figure)),
    h("p", { class: "drop-words" }, t("start.drop")),
    h(
      "div",
      { class: "actions" },
      button(t("start.choose"), { class: "primary", id: "choose", onclick: choosePhotos }, "photos"),
      button(t("start.take"), { class: "secondary", id: "take", onclick: takePhoto }, "camera"),
    ),
    h("p", { class: "hint" }, t("start.paste")),
  );
}

function figure(name: string): HTMLElement {
  return h("span", { class: `figure figure-${name}` }, h("span", { class: "figure-head" }), h("span", { class: "figure-body" }));
}

function stepItem({ t }: Context, step: (typeof STEPS)[number]): HTMLElement {
  return h("li", {}, h("h2", {}, t(`step.${step}`)), h("p", {}, t(`step.${step}_words`)));
}
