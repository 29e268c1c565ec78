/** What the page can say about itself, for those who want to check it. */

import type { Facts } from "../../ui/trust/trust.js";

const SUMS = "SHA256SUMS.txt";

/** @param requests addresses of what was requested since the page was ready */
export async function gatherFacts(requests: readonly string[]): Promise<Facts> {
  const sums = await loadSums();
  const policy = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')?.content ?? "";
  return { requests, policy, sums, fingerprint: sums && (await fingerprint(sums)), isSecure: isSecureContext };
}

async function loadSums(): Promise<string | null> {
  try {
    const response = await fetch(SUMS);
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Null where the browser computes none: on pages that came unencrypted. */
async function fingerprint(text: string): Promise<string | null> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  const digest = await subtle?.digest("SHA-256", new TextEncoder().encode(text));
  return digest === undefined ? null : Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
