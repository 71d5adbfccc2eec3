// Does the rule help? Looked at twice at most; what this job added and did not help is taken back.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { RuleState } from "../../src/protocol/report.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { reasonsNotHelped } from "../plan/helped.ts";
import { tokenHostOf } from "../diagnosis/image-reference.ts";
import type { Journal } from "../loop/journal.ts";
import { behindInWords } from "../plan/our-rule.ts";
import { ruleState, type Told } from "../loop/report.ts";
import { takeBack } from "../jobs/withdraw.ts";
import type { RuleOnRouter } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

export type RuleSet =
  | {
      readonly ok: true;
      /** This job (or an earlier attempt of it) added the rule: it may take it back. */
      readonly added: boolean;
      readonly rule: RuleState | null;
      readonly after: readonly Reading[];
      /** When clients were last seen to get through, ms since the epoch; null if not verified. */
      readonly verifiedAt: number | null;
    }
  | { readonly ok: false; readonly next: "done" | "retry"; readonly told: Told };

/**
 * Verified twice at most. What this job added and did not help is withdrawn: a failure then, as if
 * it had never stood.
 */
export async function verified(
  job: ClaimedJob,
  finding: Finding,
  hosts: readonly string[],
  set: { readonly rule: RuleOnRouter; readonly added: boolean },
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const first = await verifyOnce(finding, hosts, set.rule, world, journal);
  let last = first;
  if (first.against.length > 0) {
    await world.clock.sleep(world.policy.verifyAgainMs);
    last = await verifyOnce(finding, hosts, set.rule, world, journal);
  }
  if (last.against.length === 0)
    return {
      ok: true,
      added: set.added,
      rule: last.rule,
      after: last.after,
      verifiedAt: world.clock.now(),
    };

  const why = `The rule did not help: ${last.against.join("; ")}.${behindInWords(last.rule.behind)}`;
  if (!set.added)
    return failed("done", {
      outcome: "no-better",
      after: last.after,
      summary: `${why} It was there before this job and stays.`,
    });
  const { next, told } = await takeBack(job, world, journal);
  const summary = `${why} ${told.summary}`;
  return failed(next, { rule: last.rule, ...told, after: last.after, summary });
}

type Look = {
  readonly against: readonly string[];
  readonly after: readonly Reading[];
  readonly rule: RuleState;
};

async function verifyOnce(
  finding: Finding,
  hosts: readonly string[],
  rule: RuleOnRouter,
  world: World,
  journal: Journal,
): Promise<Look> {
  const round = latestRound(finding);
  const request = {
    blocked: hosts.flatMap((host) => failingAddresses(finding, host)),
    hosts: dialledHosts(finding, hosts),
    controls: world.policy.ipv6Controls,
  };
  const seen = await journal.stage("verify", () => world.network.verify(request));
  const now = await world.router?.look();
  const after = now?.ok ? now.value.rules.find(({ id }) => id === rule.id) : undefined;
  const counters =
    after === undefined ? null : { before: BigInt(rule.packets), after: BigInt(after.packets) };
  const unread = now?.ok === false ? [`the router could not be read: ${now.error.message}`] : [];
  const gone =
    now?.ok === true && after === undefined ? ["the rule is not on the router any more"] : [];
  const against = round === null ? [] : reasonsNotHelped(seen, round, world.policy, counters);
  return {
    against: [...unread, ...gone, ...against],
    after: [...seen.dials, ...seen.controls],
    rule: ruleState(after ?? rule, world.clock.now(), world.policy),
  };
}

function failingAddresses(finding: Finding, host: string): { host: string; address: string }[] {
  const round = latestRound(finding);
  if (round === null) return [];
  const bad = hostFamily(round, host, "v6").readings.filter(({ outcome }) => outcome !== "ok");
  return Array.from(new Set(bad.map(({ address }) => address)), (address) => ({ host, address }));
}

function dialledHosts(finding: Finding, hosts: readonly string[]): string[] {
  const registries = finding.verdicts.flatMap(({ host, registry }) =>
    host !== null && registry !== null && hosts.includes(host)
      ? [registry, tokenHostOf(registry)]
      : [],
  );
  return [...new Set([...hosts, ...registries])];
}

export function failed(next: "done" | "retry", told: Told): RuleSet {
  return { ok: false, next, told };
}
