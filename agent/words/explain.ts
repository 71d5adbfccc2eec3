// A verdict → the sentence and the advice that a person reads. Pure.
import type { Verdict } from "../../src/protocol/report.ts";
import type { Family, Reading, Round } from "../../src/protocol/round.ts";
import { clockOff } from "../diagnosis/clock-off.ts";
import { hostFamily, type HostFamily } from "../diagnosis/family-state.ts";
import type { VerdictName } from "../diagnosis/verdicts.ts";
import { clocksOf } from "./outage-details.ts";
import { wordsOfOutage } from "./words-of-outage.ts";
import { wordsOfPath } from "./words-of-path.ts";
import { wordsOfStall } from "./words-of-stall.ts";
import { wordsOfText } from "./words-of-text.ts";
import type { AtHost, Words } from "./words.ts";
import type { Policy } from "../ports/policy.ts";

/** A verdict on a host; `host` null: no host is at fault. */
export type OnHost = { readonly name: VerdictName; readonly host: string | null };

/** `name` decides the words; the round supplies the figures. */
export function explain(verdict: OnHost, round: Round | null, policy: Policy): Verdict {
  const { name, host } = verdict;
  const evidence = round && host ? evidenceOf(round, host, policy) : [];
  return {
    host,
    name,
    ...wordsFor({ name, host: host ?? "the registry" }, round, policy),
    evidence,
  };
}

type Told = OnHost & {
  /** False for what no probe reached out to. */
  readonly measured: boolean;
  /** A sentence that goes with the advice. */
  readonly note?: string | null;
};

/** So many hosts without a measurement are named, each or in one sentence. */
const MOST_UNMEASURED = 5;

/** Each verdict explained; many hosts that were not measured are one, so that they crowd nothing out. */
export function explainAll(
  verdicts: readonly Told[],
  round: Round | null,
  policy: Policy,
): Verdict[] {
  const isUnmeasured = ({ name, measured }: Told): boolean => name === "inconclusive" && !measured;
  const unmeasured = verdicts.filter(isUnmeasured).flatMap(({ host }) => host ?? []);
  const folds = unmeasured.length > MOST_UNMEASURED;
  const each = verdicts
    .filter((one) => !folds || !isUnmeasured(one))
    .map((one) =>
      withNote(explain(one, isUnmeasured(one) ? null : round, policy), one.note ?? null),
    );
  return folds ? [...each, unmeasuredHosts(unmeasured, round, policy)] : each;
}

function withNote(verdict: Verdict, note: string | null): Verdict {
  return note === null ? verdict : { ...verdict, advice: `${verdict.advice} ${note}` };
}

function unmeasuredHosts(hosts: readonly string[], round: Round | null, policy: Policy): Verdict {
  const first = hosts.slice(0, MOST_UNMEASURED).join(", ");
  return {
    ...explain({ name: "inconclusive", host: null }, round, policy),
    sentence: `${hosts.length} hosts were not measured (another port than 443, or too many hosts at once): ${first} and ${hosts.length - MOST_UNMEASURED} more.`,
  };
}

function wordsFor(verdict: AtHost, round: Round | null, policy: Policy): Words {
  const fixed =
    wordsOfPath(verdict, round, policy) ??
    wordsOfStall(verdict, round) ??
    wordsOfOutage(verdict, round, policy);
  if (fixed !== null) return fixed;
  const unprobed = wordsWithoutProbe(verdict.name);
  if (unprobed !== null) return unprobed;
  return (
    wordsOfText(verdict.name) ?? {
      sentence: `The pods' own messages name the cause: ${verdict.name}.`,
      advice: "Read the pods' events (kubectl describe pod).",
    }
  );
}

function wordsWithoutProbe(name: VerdictName): Words | null {
  switch (name) {
    case "nothing-failing":
      return {
        sentence: "No pod waits for an image.",
        advice: "Nothing to do. The alert ends by itself.",
      };
    case "could-not-look":
      return {
        sentence:
          "The Kubernetes API did not show the pods, so whether any waits for an image is not known.",
        advice: "Mend the agent's way to the API server, then run the job again.",
      };
    case "not-looked":
      return { sentence: "The pods were not looked at.", advice: "" };
    default:
      return null;
  }
}

function evidenceOf(round: Round, host: string, policy: Policy): string[] {
  return [
    familyLine(round, host, "v4"),
    familyLine(round, host, "v6"),
    ...besides(round, host),
    ...(clockOff(round, policy) === null
      ? []
      : [`this node's clock is off: ${clocksOf(round, policy)}`]),
  ];
}

function familyLine(round: Round, host: string, family: Family): string {
  const seen = hostFamily(round, host, family);
  return `${family === "v4" ? "IPv4" : "IPv6"}: ${seen.state} (${detailOf(seen)})`;
}

/** What only matters in one case or the other; and that the blob host was not measured. */
function besides(round: Round, host: string): string[] {
  const v6 = hostFamily(round, host, "v6");
  const role = v6.lookup?.role;
  return [
    ...smallHelloLine(round, host, "v4"),
    ...smallHelloLine(round, host, "v6"),
    ...(round.plainHttp ?? []).map(
      (one) =>
        `${one.family === "v4" ? "IPv4" : "IPv6"}, http://${one.host}/: ${countTries([one])}`,
    ),
    ...(v6.lookup?.preferred === false ? ["this node dials IPv4 first (RFC 6724)"] : []),
    ...(role === "registry" && !round.lookups.some((lookup) => lookup.role === "blob")
      ? ["the host of its blobs is not known here, so it was not measured"]
      : []),
  ];
}

function smallHelloLine(round: Round, host: string, family: Family): string[] {
  const small = round.smallHello.filter((one) => one.host === host && one.family === family);
  if (small.length === 0 || hostFamily(round, host, family).state !== "post") return [];
  return [`${family === "v4" ? "IPv4" : "IPv6"} with a small ClientHello: ${countTries(small)}`];
}

function detailOf({ lookup, readings }: HostFamily): string {
  return readings.length === 0 ? `DNS ${lookup?.outcome ?? "not asked"}` : countTries(readings);
}

function countTries(readings: readonly Reading[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, reached, status } of readings) {
    const word = outcome === "ok" ? "ok" : `${outcome}${status ?? ""} after ${reached}`;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Array.from(counts, ([word, count]) => `${count} × ${word}`).join(", ");
}
