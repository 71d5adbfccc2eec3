// One round of probes as paths, one a host and family: how far the tries got, and in which time. Pure.
import { median } from "./median.ts";
import type { Lookup, Reading, Round } from "../protocol/round.ts";

type StageName = "dns" | "tcp" | "tls" | "http";

/**
 * A stage that was begun. `ms`: the median of the tries that completed it, else the time of the first
 * that failed in it, 0 if that took none; `failed`: how that one did.
 */
export type PathStage = {
  readonly name: StageName;
  readonly ms: number;
  readonly failed: string | null;
};

/** `stages` ends with the first in which half of the tries failed. */
export type Path = {
  readonly host: string;
  readonly role: Lookup["role"];
  readonly family: Lookup["family"];
  readonly stages: readonly PathStage[];
  /** `3 × ok 401`, `2 × timeout after TCP, 1 × ok`; `no address`, or `–`, if there was no try. */
  readonly ended: string;
};

const STAGES = ["nothing", "tcp", "tls", "http"] as const;

/** In the order of the lookups, at most `most` of them. */
export function pathsOf({ lookups, readings }: Round, most: number): Path[] {
  const tries = byPath(readings);
  return lookups.slice(0, most).map((lookup) => pathOf(lookup, tries.get(keyOf(lookup)) ?? []));
}

/** The readings of each host and family. */
export function byPath(readings: readonly Reading[]): ReadonlyMap<string, readonly Reading[]> {
  return Map.groupBy(readings, keyOf);
}

export function keyOf({ host, family }: Pick<Reading, "host" | "family">): string {
  return `${host} ${family}`;
}

export function familyName(family: Lookup["family"]): string {
  return family === "v4" ? "IPv4" : "IPv6";
}

/** A host that has no address in a family is no fault. */
function pathOf(lookup: Lookup, tries: readonly Reading[]): Path {
  const { host, role, family, outcome, ms } = lookup;
  const none = outcome === "nodata";
  const dns = { name: "dns", ms, failed: none || outcome === "answer" ? null : outcome } as const;
  const all = [dns, stage(tries, "tcp"), stage(tries, "tls"), stage(tries, "http")].filter(
    (one) => one !== null,
  );
  const end = all.findIndex(({ failed }) => failed !== null);
  const stages = end === -1 ? all : all.slice(0, end + 1);
  const ended = tries.length === 0 && none ? "no address" : endings(tries);
  return { host, role, family, stages, ended };
}

/** Null if no try began it. */
function stage(tries: readonly Reading[], name: "tcp" | "tls" | "http"): PathStage | null {
  const failed = tries.filter((one) => failedIn(one) === name);
  const done = tries.filter(
    (one) => STAGES.indexOf(one.reached) >= STAGES.indexOf(name) && failedIn(one) !== name,
  );
  const ms = median(done.map((one) => one.ms[name] ?? 0));
  if (ms !== null && done.length > failed.length) return { name, ms, failed: null };
  const [first] = failed;
  return first === undefined ? null : { name, ms: first.ms[name] ?? 0, failed: first.outcome };
}

/** The stage after the last one that was completed; an answer with a wrong status has failed in HTTP. */
function failedIn({ reached, outcome }: Reading): "tcp" | "tls" | "http" | null {
  if (outcome === "ok") return null;
  return reached === "nothing" ? "tcp" : reached === "tcp" ? "tls" : "http";
}

/** `3 × ok`, `2 × timeout after TCP, 1 × ok`; `–` without tries. */
export function endings(tries: readonly Reading[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, reached, status } of tries) {
    const code = status === undefined ? "" : ` ${status}`;
    const where = reached === "nothing" ? "before TCP" : `after ${reached.toUpperCase()}`;
    const word = outcome === "ok" ? `ok${code}` : `${outcome}${code} ${where}`;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = Array.from(counts, ([word, count]) => `${count} × ${word}`);
  return words.length === 0 ? "–" : words.join(", ");
}
