// Does the rule help? Looked at twice at most; what this job added and did not help is taken back.
import type { Plan, RuleState } from "../../src/protocol/report.ts";
import type { Family, Reading } from "../../src/protocol/round.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { tokenHostOf } from "../diagnosis/image-reference.ts";
import { reasonsNotHelped } from "../plan/helped.ts";
import { behindInWords, ruleState } from "../plan/our-rule.ts";
import { finish, type Stop, type Told } from "../plan/stop.ts";
import type { Result } from "../ports/result.ts";
import type { RuleOnRouter } from "../ports/router.ts";
import type { Work } from "../ports/world.ts";
import { takeOff } from "./take-off.ts";

/** The rule that stands now, and whether this job (or an earlier attempt of it) added it. */
export type Applied = { readonly rule: RuleOnRouter; readonly added: boolean };

/** The rule that helps; `rule` null: none had to be set, or looked at. */
export type Helps = {
  /** This job (or an earlier attempt of it) added the rule: it may take it back. */
  readonly added: boolean;
  readonly rule: RuleState | null;
  /** The families whose MSS this job clamped; left out: none. */
  readonly clamped?: readonly Family[];
  readonly after: readonly Reading[];
  /** When clients were last seen to get through, ms since the epoch; null if not verified. */
  readonly verifiedAt: number | null;
};

/** The rule that does not help, why, and what the report says besides. */
export type Useless = Pick<Told, "plan" | "pods" | "after"> & {
  readonly finding: Finding;
  readonly added: boolean;
  readonly rule: RuleState;
  readonly why: string;
};

export const NO_RULE: Helps = { added: false, rule: null, after: [], verifiedAt: null };

export type ToVerify = {
  readonly finding: Finding;
  /** The hosts that the rule is for. */
  readonly hosts: readonly string[];
  readonly applied: Applied;
  /** For the report, where there is one. */
  readonly plan?: Plan;
  /** What may make it help after all, before the second look; it is given what was seen. */
  readonly again?: (after: readonly Reading[]) => Promise<void>;
};

/** Whether IPv6 fails at once and clients get through over IPv4. */
export async function verify(work: Work, asked: ToVerify): Promise<Result<Helps, Useless>> {
  const { clock, policy } = work.world;
  const { finding, plan, applied } = asked;
  const { added } = applied;
  let seen = await verifyOnce(work, asked);
  if (seen.against.length > 0) {
    await asked.again?.(seen.after);
    await clock.sleep(policy.verifyAgainMs);
    seen = await verifyOnce(work, asked);
  }
  const { rule, after, against } = seen;
  if (against.length === 0)
    return { ok: true, value: { added, rule, after, verifiedAt: clock.now() } };
  const why = `The rule did not help: ${against.join("; ")}.${behindInWords(rule.behind)}`;
  return { ok: false, error: { finding, plan: plan ?? null, added, rule, after, why } };
}

/** A rule that did not help goes if this job added it; else it stays, and the report says so. */
export async function takeBack(work: Work, useless: Useless): Promise<Stop> {
  const { finding, added, rule, why, ...besides } = useless;
  return added
    ? takeOff(work, finding, { ...besides, rule, summary: why })
    : finish(finding, {
        ...besides,
        outcome: "no-better",
        summary: `${why} It was there before this job and stays.`,
      });
}

type Seen = {
  readonly against: readonly string[];
  readonly after: readonly Reading[];
  readonly rule: RuleState;
};

async function verifyOnce({ world }: Work, { finding, hosts, applied }: ToVerify): Promise<Seen> {
  const { network, router, journal, clock, policy } = world;
  const { rule } = applied;
  const round = latestRound(finding);
  const request = {
    blocked: hosts.flatMap((host) => failingAddresses(finding, host)),
    hosts: dialledHosts(finding, hosts),
    controls: policy.ipv6Controls,
  };
  const seen = await journal.stage("verify", () => network.verify(request));
  const now = await router?.look(finding.view ?? undefined);
  const after = now?.ok ? now.value.rules.find(({ id }) => id === rule.id) : undefined;
  const counters =
    after === undefined ? null : { before: BigInt(rule.packets), after: BigInt(after.packets) };
  const unread = now?.ok === false ? [`the router could not be read: ${now.error.message}`] : [];
  const gone =
    now?.ok === true && after === undefined ? ["the rule is not on the router any more"] : [];
  const against =
    round === null ? [] : reasonsNotHelped(seen, { round, counters }, policy.ipv6Controls);
  return {
    against: [...unread, ...gone, ...against],
    after: [...seen.dials, ...seen.controls],
    rule: ruleState(after ?? rule, clock.now(), policy),
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
