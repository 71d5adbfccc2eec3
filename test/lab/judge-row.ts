// Was a row's job right: verdict, router, pods, pulls?
import { MOST_SECONDS, pullsOf, type Effect, type Row } from "./rows.ts";
import type { Pull, Tried } from "./try-row.ts";

/** One router write for a rule set or withdrawn, none else; pods only where their host works. */
const EXPECTED = {
  nothing: { writes: 0, rules: 0 },
  asks: { writes: 0, rules: 0 },
  rule: { writes: 1, rules: 1 },
  withdraws: { writes: 1, rules: 0 },
  "rule-withdrawn": { writes: 2, rules: 0 },
} as const;
const EVICTS: readonly Effect[] = ["rule", "rule-withdrawn"];
const RESTARTS = ["healthy-now", "rule-active"];

/** What the job left behind besides. */
type Left = { readonly oursLeft: number; readonly says: string };

/** All that is not as the row wants it, as short phrases. */
export function whatIsWrong(row: Row, tried: Omit<Tried, "wrong">, left: Left): string[] {
  const { verdict, outcome, seconds, pullBefore, pullAfter } = tried;
  const { oursLeft, says } = left;
  const effect = effectOf(row, verdict);
  const expected = EXPECTED[effect];
  const evictions = EVICTS.includes(effect) || RESTARTS.includes(verdict) ? 1 : 0;
  const stalls = ["rule", "asks"].includes(row.effect);
  const most = stalls ? MOST_SECONDS.stall : row.name === "none" ? MOST_SECONDS.healthy : Infinity;
  return [
    ...(row.verdicts.includes(verdict) ? [] : [`verdict ${verdict}`]),
    ...(tried.routerWrites === expected.writes ? [] : [`${tried.routerWrites} router writes`]),
    ...(oursLeft === expected.rules ? [] : [`${oursLeft} rules of ours on the router`]),
    ...(tried.clusterWrites === evictions ? [] : [`${tried.clusterWrites} evictions`]),
    ...(tried.pullsCutOff === 0 ? [] : [`${tried.pullsCutOff} pulls cut off`]),
    ...((row.ends?.outcome ?? outcome) === outcome ? [] : [`outcome ${outcome}`]),
    ...(says.includes(row.ends?.says ?? "") ? [] : [`it says: ${says}`]),
    ...(effect === "rule" && outcome !== "recovered" ? [`outcome ${outcome}`] : []),
    ...((outcome === "awaiting") === asks(row, verdict) ? [] : [`outcome ${outcome}`]),
    ...((seconds ?? 0) <= most ? [] : [`${seconds} s to the verdict`]),
    ...wrongPull("before", pullBefore, pullsOf(row)?.before),
    ...wrongPull("after", pullAfter, pullsOf(row)?.after),
  ];
}

function effectOf({ effect }: Row, verdict: string): Exclude<Effect, "by-verdict"> {
  if (effect !== "by-verdict") return effect;
  return verdict === "ipv6-tls-stall" ? "rule" : "nothing";
}

function wrongPull(when: string, pull: Pull | null, works: boolean | undefined): string[] {
  if (pull === null || works === undefined || pull.works === works) return [];
  return [`a pull ${pull.works ? "works" : "fails"} ${when}`];
}

/** A fault of some addresses or tries is a person's to decide, whatever the row. */
function asks(row: Row, verdict: string): boolean {
  return row.effect === "asks" || verdict === "ipv6-partial";
}
