// What was found: which pods fail, what was measured, what the router has, and the verdicts. Pure.
import type { Round } from "../../src/protocol/round.ts";
import type { FailingPod } from "../ports/cluster.ts";
import type { RouterView } from "../ports/router.ts";
import { casesOf, type Case } from "./cases.ts";
import type { HostVerdict } from "./host-verdicts.ts";
import { gravest, type VerdictName } from "./verdicts.ts";

export type Finding = {
  readonly failing: readonly FailingPod[];
  readonly cases: readonly Case[];
  /** The rounds of probes, oldest first; empty if the pods' own texts decided everything. */
  readonly rounds: readonly Round[];
  readonly view: RouterView | null;
  readonly routerError: string | null;
  readonly verdicts: readonly HostVerdict[];
};

/** Before anything is known: the start of every report. */
export function emptyFinding(failing: readonly FailingPod[]): Finding {
  return {
    failing,
    cases: casesOf(failing),
    rounds: [],
    view: null,
    routerError: null,
    verdicts: [],
  };
}

/** No pod was read: `could-not-look` where that failed, `not-looked` where nothing asked for it. */
export function withoutLook(
  name: "could-not-look" | "not-looked",
  note: string | null = null,
): Finding {
  const nowhere = { host: null, registry: null, measured: false } as const;
  return { ...emptyFinding([]), verdicts: [{ ...nowhere, name, follow: "nothing", note }] };
}

/** The newest round. */
export function latestRound(finding: Finding): Round | null {
  return finding.rounds.at(-1) ?? null;
}

/** The gravest verdict of all, which names the job. */
export function gravestOf(finding: Finding): VerdictName {
  return gravest(finding.verdicts.map(({ name }) => name));
}

/** The gravest verdict on these hosts: what a plan for them rests on, whatever fails elsewhere. */
export function gravestAt(finding: Finding, hosts: readonly string[]): VerdictName {
  const there = finding.verdicts.filter(
    ({ host, measured }) => measured && host !== null && hosts.includes(host),
  );
  return gravest(there.map(({ name }) => name));
}

export function verdictOn(finding: Finding, host: string): VerdictName | undefined {
  return finding.verdicts.find((verdict) => verdict.host === host)?.name;
}

/** IPv4 died under a rule at a host that it is for: the rule has to go. */
export function ipv4IsLost({ verdicts }: Finding): boolean {
  return verdicts.some(({ follow, host }) => follow === "withdraw" && host !== null);
}

/** The hosts that a rule moves to IPv4 now. */
export function hostsUnderRule({ verdicts }: Finding): string[] {
  return verdicts.flatMap(({ name, host }) =>
    name === "rule-active" && host !== null ? [host] : [],
  );
}
