// How much memory a process of this machine holds; needs Linux.
import { readFileSync, writeFileSync } from "node:fs";

export type Resident = { readonly nowMiB: number; readonly mostMiB: number };

/** Resident now, and the most since the start or the last `forgetMost`, MiB. Throws once it has ended. */
export function residentOf(pid: number): Resident {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { nowMiB: fieldOf(status, "VmRSS"), mostMiB: fieldOf(status, "VmHWM") };
}

/** From here on `mostMiB` counts anew. */
export function forgetMost(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function fieldOf(status: string, field: string): number {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kib === undefined) throw new Error(`the process has no ${field}: it has ended`);
  return Number(kib) / 1024;
}
