// Cases and rounds → one verdict a host, with what follows it. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Policy } from "../ports/policy.ts";
import { hostsToJudge, type Case, type HostToJudge } from "./cases.ts";
import { DOCKER_HUB } from "./image-reference.ts";
import { judgeHosts, type Judged, type Seen } from "./judge.ts";
import { mirrorNote } from "./mirror-notes.ts";
import { followUp, type FollowUp, type VerdictName } from "./verdicts.ts";

export type HostVerdict = {
  readonly host: string | null;
  readonly registry: string | null;
  readonly name: VerdictName;
  readonly follow: FollowUp;
  /** False for what only the pods' texts, or nobody, says. */
  readonly measured: boolean;
  /** A sentence that goes with the advice; null or absent: none. */
  readonly note?: string | null;
};

/** What has to be measured for this job, and the verdicts that need no measurement. */
export function toMeasure(
  job: Pick<ClaimedJob, "registry" | "origin" | "kind">,
  cases: readonly Case[],
  policy: Policy,
): { readonly hosts: readonly HostToJudge[]; readonly told: readonly HostVerdict[] } {
  const personAsks = job.origin.person || job.kind === "diagnose";
  const asked = job.registry ?? (personAsks && cases.length === 0 ? DOCKER_HUB : null);
  const { measured, unmeasured } = hostsToJudge(cases, asked === null ? [] : [asked], policy);
  return {
    hosts: measured,
    told: withNotes([...unmeasured.map(notMeasured), ...textVerdicts(cases, policy)], cases),
  };
}

/**
 * Each measured host judged, and what follows. A host that nobody named leads to something only where
 * none of the named ones of its registry does: their rule covers it too, and there is no older evidence
 * for it.
 */
export function hostVerdicts(
  hosts: readonly HostToJudge[],
  seen: Seen,
  policy: Policy,
): HostVerdict[] {
  const judged = judgeHosts(hosts, seen, policy);
  const verdicts = judged.map((one): HostVerdict => {
    const led = judged.some(
      (other) =>
        other.named &&
        other.registry === one.registry &&
        policy.ruleHosts.includes(other.host) &&
        ["rule", "ask"].includes(leadsTo(other, policy)),
    );
    const follow = one.named || !led ? leadsTo(one, policy) : "nothing";
    const { host, registry, name } = one;
    return { host, registry, name, follow, measured: true };
  });
  return withNotes(verdicts, seen.cases);
}

function withNotes(verdicts: readonly HostVerdict[], cases: readonly Case[]): HostVerdict[] {
  return verdicts.map((one) => ({ ...one, note: mirrorNote(one, cases) }));
}

function leadsTo({ host, name, ipv4Works, ruleIsEnough }: Judged, policy: Policy): FollowUp {
  const follow = followUp(name, policy.stopGap);
  // `path-mtu` may be IPv4's: nothing may push clients to a family that is not proven.
  if ((follow === "rule" || follow === "ask") && !ipv4Works) return "nothing";
  // Whoever may name an image must not be able to take our rule away.
  if (follow === "withdraw" && !policy.ruleHosts.includes(host)) return "nothing";
  return follow === "rule" && !ruleIsEnough ? "ask" : follow;
}

/** Nothing is proven about a host that no probe reached out to. */
function notMeasured({ host, registry }: HostToJudge): HostVerdict {
  return { host, registry, name: "inconclusive", follow: "nothing", measured: false };
}

/** Pods whose own words name a cause that no path can have: one verdict a label. */
function textVerdicts(cases: readonly Case[], policy: Policy): HostVerdict[] {
  const labels = new Map<VerdictName, Case>();
  for (const one of cases)
    if (one.kind === "text-decides" && !labels.has(one.label)) labels.set(one.label, one);
  return Array.from(labels, ([name, { registry }]) => ({
    host: registry,
    registry,
    name,
    follow: followUp(name, policy.stopGap),
    measured: false,
  }));
}
