// The memory of the browser that this process has started (Linux).

import { readdirSync, readFileSync } from "node:fs";

/** What /proc says of a process; null once it has ended. */
function describe(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const number = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    const isRenderer = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
    return { pid, parent: number("PPid"), peak: number("VmHWM") / 1024, isRenderer };
  } catch {
    return null;
  }
}

/** Largest peak resident set of any renderer that descends from this process, in megabytes. */
export function rendererPeak() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const processes = new Map(pids.map((pid) => [Number(pid), describe(Number(pid))]));
  const isOurs = (found) => found != null && (found.parent === process.pid || isOurs(processes.get(found.parent)));
  const peaks = [...processes.values()].filter((found) => found?.isRenderer && isOurs(found)).map((found) => found.peak);
  return Math.round(Math.max(0, ...peaks));
}
