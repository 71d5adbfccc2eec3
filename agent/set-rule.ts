// The rule is ensured, verified twice at most, and taken back if it did not help.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import type { Reading, RuleFields, RuleState } from "../src/protocol/report.ts";
import { coversAll } from "./diagnose.ts";
import { isLastAttempt } from "./ending.ts";
import { hostFamily } from "./family-state.ts";
import { hostsThat, latestRound, type Finding } from "./finding.ts";
import { reasonsNotHelped } from "./helped.ts";
import { tokenHostOf } from "./image-reference.ts";
import type { Journal } from "./journal.ts";
import { FRESH_MS } from "./preconditions.ts";
import { ruleState, type Told } from "./report.ts";
import { takeBack } from "./withdraw.ts";
import type { Failure, Policy, RuleOnRouter, World } from "./world.ts";

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

/** Ensures the rule for these hosts and verifies it. What did not help is withdrawn. */
export async function setRule(
  job: ClaimedJob,
  finding: Finding,
  hosts: readonly string[],
  rule: RuleFields,
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const { router, lease } = world;
  if (router === null)
    return failed("done", { outcome: "refused", summary: "No router is configured." });
  // A rule of ours whose list is empty keeps nobody from anything: this job adds what does.
  const noneOfOurs = !finding.view?.rules.some(({ ours, networks }) => ours && networks.length > 0);
  const what = `ensure the rule for ${rule["dst-address"] ?? `the list ${rule["dst-address-list"]}`}`;
  const allowed = await lease.mayWrite("router", what, noneOfOurs ? "adds-rule" : undefined);
  if (!allowed.ok)
    return failed("retry", { summary: "No rule was written.", error: allowed.error.message });
  if (lease.cancelled())
    return failed("done", { outcome: "cancelled", summary: "Cancelled before the first write." });

  const putBack = job.origin.person && finding.view?.rules.some((r) => r.ours && r.disabled);
  const ensured = await journal.stage("apply", async () => {
    if (putBack) {
      const cleared = await router.withdraw();
      if (!cleared.ok) return cleared;
      journal.actions.push(...cleared.value.actions);
    }
    return router.ensure(
      { rule, addresses: liveAddresses(finding, world.policy) },
      () => lease.stillHeld() && isFresh(finding, world),
    );
  });
  if (!ensured.ok) return notSet(job, ensured.error, world, journal);
  journal.actions.push(...ensured.value.actions);
  const added = ensured.value.added || job.addsRule;
  return verified(job, finding, hosts, { rule: ensured.value.rule, added }, world, journal);
}

/** Every IPv6 address of the hosts that a rule may be for: clients may be given any of them. */
function liveAddresses(finding: Finding, { ruleHosts, prefix }: Policy): string[] {
  const lookups = latestRound(finding)?.lookups ?? [];
  const live = lookups.filter(({ host, family }) => family === "v6" && ruleHosts.includes(host));
  const addresses = live.flatMap((lookup) => lookup.addresses);
  return [...new Set(addresses)].filter((address) => coversAll(prefix, [address]));
}

/** A later attempt may find out what a failed one left; the last one has to say that it is open. */
function notSet(job: ClaimedJob, error: Failure, world: World, journal: Journal): RuleSet {
  journal.actions.push(...(error.actions ?? []));
  const again = !isLastAttempt(job) && (error.uncertain || error.next === "retry");
  const unknown = { state: "unknown", ours: true, at: world.clock.now() } as const;
  return failed(again ? "retry" : "done", {
    outcome: error.uncertain ? "rule-uncertain" : "router-failed",
    summary: "The router did not take the rule as wanted.",
    error: error.message,
    ...(error.uncertain ? { rule: unknown } : {}),
  });
}

/** DESIGN section 8, promise 2: from probes of the last two minutes. */
function isFresh(finding: Finding, world: World): boolean {
  const round = latestRound(finding);
  return round !== null && world.clock.now() - round.at <= FRESH_MS;
}

/**
 * If an earlier attempt of this very job announced that it adds the rule and never reported, the
 * rule that stands now is verified as if this attempt had added it. Else nothing is done.
 */
export async function keepRule(
  job: ClaimedJob,
  finding: Finding,
  world: World,
  journal: Journal,
): Promise<RuleSet> {
  const ours = finding.view?.rules.find((rule) => rule.ours && !rule.disabled);
  const active = hostsThat(finding, "restart").filter((host) =>
    finding.verdicts.some((verdict) => verdict.host === host && verdict.name === "rule-active"),
  );
  const mayUndo = job.kind === "remediate" && world.policy.mode !== "observe";
  if (ours === undefined || active.length === 0 || !job.addsRule || !mayUndo)
    return { ok: true, added: false, rule: null, after: [], verifiedAt: null };
  return verified(job, finding, active, { rule: ours, added: true }, world, journal);
}

async function verified(
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

  const why = `The rule did not help: ${last.against.join("; ")}.`;
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

function failed(next: "done" | "retry", told: Told): RuleSet {
  return { ok: false, next, told };
}
