// The memory of the browser that this process has started (Linux).

import { readdirSync, readFileSync } from "node:fs";

/** What /proc says of a process; null once it has ended. */
function describe(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const number = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    const isRenderer = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
    return { pid, parent: number("PPid"), peak: number("VmHWM") / 1024, shared: number("RssShmem") / 1024, isRenderer };
  } catch {
    return null;
  }
}

/** The renderers that descend from this process. */
function renderers() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const processes = new Map(pids.map((pid) => [Number(pid), describe(Number(pid))]));
  const isOurs = (found) => found != null && (found.parent === process.pid || isOurs(processes.get(found.parent)));
  return [...processes.values()].filter((found) => found?.isRenderer && isOurs(found));
}

/** Largest peak resident set of any renderer, in megabytes. */
export function rendererPeak() {
  return Math.round(Math.max(0, ...renderers().map(({ peak }) => peak)));
}

/** What the renderers share with the browser, in megabytes: among others, pictures that it keeps decoded. */
export function rendererShared() {
  return Math.round(Math.max(0, ...renderers().map(({ shared }) => shared)));
}
