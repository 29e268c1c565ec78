import { html, nothing } from "lit";
import { alarm, button } from "../base/controls.js";
import dialogSheet from "../base/dialog.css";
import { Component, styled } from "../base/element.js";
import trustSheet from "./trust.css";

export interface Facts {
  /** Addresses of what was requested since the page was ready. */
  requests: readonly string[];
  /** The content security policy. */
  policy: string;
  /** All files of this version with their hashes, and the hash of that list; null if not to be had. */
  sums: string | null;
  fingerprint: string | null;
  /** The page came encrypted, or from this device. */
  isSecure: boolean;
}

/** How anybody can check what the page promises. Fetched when it is first opened. */
export class Trust extends Component {
  static override properties = { facts: { attribute: false } };
  static override styles = styled(dialogSheet, trustSheet);

  declare facts: Facts;

  /** Shows the dialog. The browser gives the focus back when it is closed. */
  async open(): Promise<void> {
    await this.updateComplete;
    this.#dialog().showModal();
  }

  protected override render() {
    const { policy, isSecure } = this.facts;
    return html`<dialog aria-label=${this.t("trust.title")}>
      <h1 tabindex="-1" autofocus>${this.t("trust.title")}</h1>
      ${isSecure ? nothing : alarm(this.t("trust.insecure"))}
      <p>${this.t("trust.lead")}</p>
      <ul>
        <li>${this.t("trust.airplane")}</li>
        <li>${this.t("trust.tools")}</li>
        <li>${this.#requests()}</li>
        <li>${this.t("trust.policy")}<pre dir="ltr" tabindex="0">${policy.split("; ").join(";\n")}</pre></li>
        <li>${this.#hashes()}</li>
      </ul>
      <p class="muted">${this.t("trust.extensions")}</p>
      <div class="actions">${button(this.t("trust.close"), "primary close", () => this.#dialog().close())}</div>
    </dialog>`;
  }

  #requests() {
    const { requests } = this.facts;
    return html`<strong>${this.t("trust.requests", { count: requests.length })}</strong> ${this.t("trust.requests_words")}
      ${requests.length === 0 ? nothing : html`<pre dir="ltr" tabindex="0" class="requested">${requests.join("\n")}</pre>`}`;
  }

  #hashes() {
    const { sums, fingerprint } = this.facts;
    if (sums === null) {
      return this.t("trust.no_hashes");
    }
    return html`<details>
      <summary>${this.t("trust.hashes")}</summary>
      <pre dir="ltr" tabindex="0" class="hashes">${sums}</pre>
      ${fingerprint === null ? nothing : html`<p>${this.t("trust.fingerprint")} <code dir="ltr">${fingerprint}</code></p>`}
    </details>`;
  }

  #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog") as HTMLDialogElement;
  }
}

/** Makes it known to the browser. Another bundle of the same page may have done that before. */
export function defineTrust(): void {
  if (customElements.get("tk-trust") === undefined) {
    customElements.define("tk-trust", Trust);
  }
}
