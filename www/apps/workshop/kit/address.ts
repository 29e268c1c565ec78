/** Hosts that are only found on this computer. */
const LOCAL = /^(localhost|.*\.localhost|127\..*|\[::1\])$/;

/** Where others find the page, above the workshop's folder; null if they cannot, since it is served from a USB stick, for instance. */
export function publicAddress({ hostname, host, pathname }: Pick<Location, "hostname" | "host" | "pathname">): string | null {
  return LOCAL.test(hostname) ? null : host + pathname.replace(/workshop\/[^/]*$/, "");
}
