// What a round shows, in the few words that a sentence about an outage has room for. Pure.
import { roughly } from "../../src/shown/duration.ts";
import type { Round } from "../../src/protocol/round.ts";
import { clockOff } from "../diagnosis/clock-off.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import type { Policy } from "../ports/policy.ts";

export function statusesOf(round: Round | null, host: string): string {
  const readings = round?.readings.filter((r) => r.host === host && r.family === "v4") ?? [];
  const statuses = new Set(
    readings.flatMap(({ status }) => (status === undefined ? [] : [status])),
  );
  return statuses.size === 0 ? "no answer over HTTP" : `HTTP ${[...statuses].join(", ")}`;
}

export function lookupsOf(round: Round | null, host: string): string {
  const lookups = round?.lookups.filter((lookup) => lookup.host === host) ?? [];
  return lookups
    .map(({ family, outcome }) => `${family === "v4" ? "A" : "AAAA"} ${outcome}`)
    .join(", ");
}

/** Neither family has a way out: no address of this node would be used to reach anything. */
export function isOffline(round: Round | null): boolean {
  return (
    round !== null && round.lookedFrom.sources.v4 === null && round.lookedFrom.sources.v6 === null
  );
}

/** Not even a control resolves: then it is the resolver, or the way to it. */
export function noneResolves(round: Round | null): boolean {
  const controls = round?.lookups.filter(({ role }) => role === "control") ?? [];
  return controls.length > 0 && controls.every(({ outcome }) => outcome !== "answer");
}

export function resolversOf(round: Round | null): string {
  const resolvers = round?.lookedFrom.resolvers ?? [];
  return resolvers.length === 0 ? "no resolver, as none is configured" : resolvers.join(", ");
}

export function allowanceOf(round: Round | null): string {
  const quota = round?.quota;
  if (quota?.state !== "exhausted" || quota.limit === undefined) return "";
  const window = quota.windowS === undefined ? "" : ` in ${roughly(quota.windowS * 1_000)}`;
  return ` (0 left of ${quota.limit}${window})`;
}

/** Docker Hub counts over a sliding window: what it says about the reset, else what it documents. */
export function resetOf(round: Round | null): string {
  const quota = round?.quota;
  if (quota?.state === "exhausted" && quota.retryAfterS !== undefined)
    return `the reset in ${roughly(quota.retryAfterS * 1_000)}`;
  if (quota?.state === "exhausted" && quota.windowS !== undefined)
    return `the reset, ${roughly(quota.windowS * 1_000)} after the pulls at the latest`;
  return "the reset (six hours at Docker Hub)";
}

export function clocksOf(round: Round | null, policy: Policy): string {
  const off = round === null ? null : clockOff(round, policy);
  if (round === null || off === null) return "it differs from the servers'";
  const here = new Date(round.at).toISOString();
  const there = new Date(round.at + off.serversAheadMs).toISOString();
  return `it says ${here}, ${off.hosts} of ${off.of} servers say ${there}`;
}

/** IPv4 has failed already; what of IPv6. */
export function hostFamilyWord(round: Round | null, host: string): string {
  const state = round === null ? null : hostFamily(round, host, "v6").state;
  if (state === "mixed") return ", and over IPv6 only some of the time";
  return state === "none" ? ", and has no IPv6 here" : " or IPv6";
}

export function othersAnswer(round: Round | null): boolean {
  return (
    round?.readings.some(({ role, outcome }) => role === "control" && outcome === "ok") ?? false
  );
}

/** Over which family it said 429; without a 429 it is the quota, which is read over IPv4. */
export function limitedFamily(round: Round | null, host: string): string {
  const said = round?.readings.filter((r) => r.host === host && r.status === 429) ?? [];
  const families = new Set(said.map(({ family }) => family));
  if (families.size === 1 && families.has("v6")) return " over IPv6";
  return families.size === 2 ? "" : " over IPv4";
}

/** Where the site translates, IPv4 hosts are reached over IPv6, and that way is not measured. */
export function ipv6Word(round: Round | null, host: string): string {
  const found = round === null ? null : hostFamily(round, host, "v6");
  if (found?.lookup?.detail?.includes("DNS64") === true)
    return "reaches it through NAT64 alone, which is not measured";
  return found?.state === "none" ? "no IPv6 way either" : "IPv6 does not answer every try";
}

export function unclear(round: Round | null, host: string): string {
  const own = round?.readings.filter((reading) => reading.host === host) ?? [];
  const [first] = own;
  if (
    first !== undefined &&
    first.outcome !== "ok" &&
    own.every((r) => r.outcome === first.outcome)
  )
    return `every try ended ${first.outcome} after ${first.reached} (${first.detail ?? "without a reason"})`;
  return "tries differ from one another, controls leave it open, or the link is too slow to tell";
}

export function lookupsFail(round: Round | null, host: string): string {
  const v4 = round?.lookups.find((lookup) => lookup.host === host && lookup.family === "v4");
  return v4?.outcome === "answer" ? "makes clients wait for its AAAA answer" : "does not resolve";
}
