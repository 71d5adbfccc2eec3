// One round of probes as paths, one a host and family: how far the tries got, and in which time. Pure.
import type { Lookup, Reading, Round } from "../protocol/round.ts";

export type StageName = "dns" | "tcp" | "tls" | "http";

/** A stage that was begun. `ms`: the median of the tries; `failed`: how the first that failed did. */
export type PathStage = {
  readonly name: StageName;
  readonly ms: number;
  readonly failed: string | null;
};

export type Path = {
  readonly host: string;
  readonly role: Lookup["role"];
  readonly family: Lookup["family"];
  readonly stages: readonly PathStage[];
  /** `3 × ok 401`, `2 × timeout after TCP, 1 × ok`; `–` if there was no try. */
  readonly ended: string;
  /** Each try answered as it should; null if there was none. */
  readonly good: boolean | null;
};

const STAGES = ["nothing", "tcp", "tls", "http"] as const;

/** In the order of the lookups, at most `most` of them. */
export function pathsOf({ lookups, readings }: Round, most: number): Path[] {
  const tries = byPath(readings);
  return lookups.slice(0, most).map((lookup) => pathOf(lookup, tries.get(keyOf(lookup)) ?? []));
}

/** The readings of each host and family. */
export function byPath(readings: readonly Reading[]): Map<string, Reading[]> {
  return Map.groupBy(readings, keyOf);
}

export function keyOf({ host, family }: Pick<Reading, "host" | "family">): string {
  return `${host} ${family}`;
}

function pathOf(lookup: Lookup, tries: readonly Reading[]): Path {
  const { host, role, family, outcome, ms } = lookup;
  const dns = { name: "dns", ms, failed: outcome === "answer" ? null : outcome } as const;
  const stages = [
    stage(tries, "tcp", "nothing"),
    stage(tries, "tls", "tcp"),
    stage(tries, "http", "tls"),
  ].filter((one) => one !== null);
  const good = tries.length === 0 ? null : tries.every((one) => one.outcome === "ok");
  return { host, role, family, stages: [dns, ...stages], ended: endings(tries), good };
}

/** The median time of the tries that completed a stage, else how the first one failed in it. */
function stage(
  tries: readonly Reading[],
  name: "tcp" | "tls" | "http",
  before: Reading["reached"],
): PathStage | null {
  const done = tries.filter(({ reached }) => STAGES.indexOf(reached) >= STAGES.indexOf(name));
  const times = done.map(({ ms }) => ms[name] ?? 0).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const failed = tries.find(({ reached, outcome }) => reached === before && outcome !== "ok");
  if (median !== undefined && (failed === undefined || done.length > tries.length / 2))
    return { name, ms: median, failed: null };
  return failed === undefined ? null : { name, ms: failed.ms[name] ?? 0, failed: failed.outcome };
}

/** `3 × ok`, `2 × timeout after TCP, 1 × ok`. */
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
