// What was measured, as tables: a line a host and family, the stages with their times.
import type { Report } from "../protocol/report.ts";
import type { Lookup, Reading, Round } from "../protocol/round.ts";
import { plainText } from "./plain-text.ts";
import { duration, shortTable, time } from "./table.ts";

/** A round has at most a dozen hosts; a report of another origin may have any number. */
const MOST_ROWS = 100;
const HEAD = ["host", "role", "family", "DNS", "TCP", "TLS", "HTTP", "tries"];

/** The last round, on which the verdict rests; empty if nothing was measured. */
export function evidence({ rounds }: Report): string[] {
  const round = rounds.at(-1);
  if (round === undefined) return [];
  const { node, resolvers } = round.lookedFrom;
  const from = node === null ? "" : ` from ${plainText(node)}`;
  const asked = resolvers.length === 0 ? "" : `, names asked of ${plainText(resolvers.join(", "))}`;
  const tries = byPath(round.readings);
  const count = rounds.length === 1 ? "Measured" : `Measured ${rounds.length} times, last`;
  return [
    "",
    `${count} at ${time(round.at)}${from}${asked}. Times are medians; where a stage failed, how and after which time.`,
    ...shortTable(HEAD, round.lookups, MOST_ROWS, (lookup) =>
      evidenceRow(lookup, tries.get(pathOf(lookup)) ?? []),
    ),
    "",
    `Pull quota over IPv4: ${quota(round)}.`,
  ];
}

/** How the tries ended in the last round before, and after the rule; empty without readings after. */
export function beforeAndAfter({ rounds, after }: Report): string[] {
  if (after.length === 0) return [];
  const before = rounds.at(-1)?.readings ?? [];
  const [triesBefore, triesAfter] = [byPath(before), byPath(after)];
  const meant = [...before.filter(({ role }) => role !== "control"), ...after];
  const paths = byPath(meant);
  return shortTable(
    ["host", "family", "before", "after"],
    [...paths],
    MOST_ROWS,
    ([path, [one]]) => [
      plainText(one?.host ?? ""),
      familyName(one?.family ?? "v4"),
      endings(triesBefore.get(path) ?? []),
      endings(triesAfter.get(path) ?? []),
    ],
  );
}

type Path = Pick<Reading, "host" | "family">;

function pathOf({ host, family }: Path): string {
  return `${host} ${family}`;
}

function byPath(readings: readonly Reading[]): ReadonlyMap<string, readonly Reading[]> {
  return Map.groupBy(readings, pathOf);
}

function evidenceRow(
  { host, role, family, outcome, ms }: Lookup,
  tries: readonly Reading[],
): string[] {
  const dns = outcome === "answer" ? duration(ms) : `${outcome} ${duration(ms)}`;
  const stages = [
    stage(tries, "tcp", "nothing"),
    stage(tries, "tls", "tcp"),
    stage(tries, "http", "tls"),
  ];
  return [plainText(host), role, familyName(family), dns, ...stages, endings(tries)];
}

const STAGES = ["nothing", "tcp", "tls", "http"] as const;

/** The median time of the tries that completed a stage, else how the first one failed in it. */
function stage(
  tries: readonly Reading[],
  name: "tcp" | "tls" | "http",
  before: Reading["reached"],
): string {
  const done = tries.filter(({ reached }) => STAGES.indexOf(reached) >= STAGES.indexOf(name));
  const times = done.map(({ ms }) => ms[name] ?? 0).toSorted((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  if (median !== undefined) return duration(median);
  const failed = tries.find(({ reached }) => reached === before);
  if (failed === undefined) return "–";
  const ms = failed.ms[name];
  return `**${failed.outcome}**${ms === undefined ? "" : ` ${duration(ms)}`}`;
}

/** `3 × ok`, `2 × timeout after TCP, 1 × ok`. */
function endings(tries: readonly Reading[]): string {
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

function familyName(family: Lookup["family"]): string {
  return family === "v4" ? "IPv4" : "IPv6";
}

function quota({ quota: found }: Round): string {
  switch (found.state) {
    case "unknown":
      return `not known (${plainText(found.why)})`;
    case "unlimited":
      return "no limit";
    case "left":
      return `${found.left} left${found.limit === undefined ? "" : ` of ${found.limit}`}`;
    case "exhausted":
      return "used up";
  }
}
