// Large packets are lost: the MSS clamp is ensured, verified, and lowered step by step while it does not
// help. What does not help at all goes again.
import type { Family, Reading, Round } from "../../src/protocol/round.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { latestRound, type Finding } from "../diagnosis/finding.ts";
import { targetsFor } from "../diagnosis/targets.ts";
import { clampFields, stepAfter, type Clamping, type Mss } from "../plan/clamp.ts";
import { familyName, reasonsClampNotHelped } from "../plan/clamp-helped.ts";
import { aPersonSaid } from "../plan/held-by-person.ts";
import { staleness } from "../plan/freshness.ts";
import {
  alsoTold,
  finish,
  goOn,
  isLastAttempt,
  retry,
  stopWith,
  type Staged,
  type Stop,
  type Told,
} from "../plan/stop.ts";
import type { Clamper, ClampOnRouter } from "../ports/clamp.ts";
import type { Failure } from "../ports/result.ts";
import type { Work, World } from "../ports/world.ts";
import type { Confirmed } from "./confirm.ts";
import type { Helps } from "./verify.ts";

type Tried = { readonly family: Family; readonly mss: Mss };
type State = {
  readonly work: Work;
  readonly finding: Finding;
  readonly clamping: Clamping;
  readonly clamper: Clamper;
  /** What answered over these families before the first write. */
  readonly reachedBefore: readonly string[];
};

/** The clamp that helps; else a stop, with nothing of ours left that does not help. */
export async function clampMss(
  work: Work,
  { finding, decision }: Confirmed,
  clamping: Clamping,
): Promise<Staged<Helps>> {
  const clamper = work.world.router?.clamp;
  const reachedBefore = await reachedOver(work.world, clamping.families);
  const clamped =
    clamper === undefined
      ? stopWith(finish(finding, { outcome: "refused", summary: "No router is configured." }))
      : await stepByStep({ work, finding, clamping, clamper, reachedBefore });
  return clamped.ok ? clamped : stopWith(alsoTold(clamped.error, { plan: decision.plan }));
}

async function stepByStep(state: State): Promise<Staged<Helps>> {
  const { work, finding, clamping, clamper } = state;
  const looked = await clamper.look();
  if (!looked.ok) return stopWith(failed(work, finding, looked.error));
  const cleared = await withoutDisabled(state, looked.value.ours);
  if (!cleared.ok) return cleared;
  let tries = clamping.families.map((family) => ({
    family,
    mss: stepAfter(cleared.value.find((one) => one.family === family)?.mss ?? null),
  }));
  let provenAt = latestRound(finding)?.at ?? 0;
  let why = "The clamp that stands does not help, and there is no smaller one to try.";
  let after: readonly Reading[] = [];
  for (let now = allSet(tries); now !== null; now = allSet(tries)) {
    const step = await tryStep(state, now, provenAt);
    if (!step.ok) return step;
    const { against, round } = step.value;
    after = readingsOf(round, clamping);
    if (against.length === 0)
      return goOn({
        added: true,
        rule: null,
        clamped: clamping.families,
        after,
        verifiedAt: work.world.clock.now(),
      });
    provenAt = round.at;
    why = `The clamp did not help: ${against.map(({ text }) => text).join("; ")}.`;
    // Whoever was cut off by it can't be helped by a smaller number.
    if (against.some(({ family }) => family === null)) break;
    tries = now.map(({ family, mss }) =>
      against.some((one) => one.family === family)
        ? { family, mss: stepAfter(clampFields(mss)["new-mss"]) }
        : { family, mss },
    );
  }
  return stopWith(await takeClampsOff(work, finding, { summary: why, after }));
}

/** Null once a family has no step left. */
function allSet(tries: readonly { family: Family; mss: Mss | null }[]): Tried[] | null {
  const set = tries.flatMap(({ family, mss }) => (mss === null ? [] : [{ family, mss }]));
  return set.length === tries.length ? set : null;
}

/** One that a person disabled is put back only where a person asks for it. */
async function withoutDisabled(
  { work, finding, clamping, clamper }: State,
  ours: readonly ClampOnRouter[],
): Promise<Staged<readonly ClampOnRouter[]>> {
  const { families } = clamping;
  if (!ours.some(({ disabled, family }) => disabled && families.includes(family)))
    return goOn(ours);
  const summary = "Our clamp was disabled by a person; it is put back only when a person asks.";
  if (!aPersonSaid(work.job))
    return stopWith(finish(finding, { outcome: "held-by-person", summary }));
  const allowed = await work.world.lease.mayWrite({ on: "router", what: "replace our clamp" });
  if (!allowed.ok) return stopWith(retry(finding, notWritten(allowed.error)));
  const gone = await clamper.withdraw("all");
  work.world.journal.note(...((gone.ok ? gone.value.actions : gone.error.actions) ?? []));
  return gone.ok ? goOn([]) : stopWith(failed(work, finding, gone.error));
}

type Step = { readonly against: ReturnType<typeof reasonsClampNotHelped>; readonly round: Round };

async function tryStep(
  state: State,
  tries: readonly Tried[],
  provenAt: number,
): Promise<Staged<Step>> {
  const { work, finding, clamping, clamper } = state;
  const { lease, journal, clock, network, policy } = work.world;
  const clamps = tries.map(({ family, mss }) => ({ family, rule: clampFields(mss) }));
  const what = `clamp the MSS: ${tries.map(({ family, mss }) => `${familyName(family)} to ${mss}`).join(", ")}`;
  const allowed = await lease.mayWrite({ on: "router", what });
  if (!allowed.ok) return stopWith(retry(finding, notWritten(allowed.error)));
  if (lease.cancelled()) {
    const outcome = "cancelled";
    return stopWith(
      provenAt === latestRound(finding)?.at
        ? finish(finding, { outcome, summary: "Cancelled before the first write." })
        : await takeClampsOff(work, finding, { outcome, summary: "Cancelled by a person." }),
    );
  }
  const isAllowed = (): boolean => lease.stillHeld() && staleness(provenAt, clock.now()) === null;
  const ensured = await journal.stage("apply", () => clamper.ensure(clamps, isAllowed));
  journal.note(...((ensured.ok ? ensured.value.actions : ensured.error.actions) ?? []));
  if (!ensured.ok) return stopWith(failed(work, finding, ensured.error));

  const targets = targetsFor(hostsOf(finding, clamping), policy, finding.cases);
  const round = await journal.stage("verify", () => network.probe(targets));
  const reachedNow = await reachedOver(work.world, clamping.families);
  const now = await clamper.look();
  if (!now.ok) return stopWith(failed(work, finding, now.error));
  const counted = { before: ensured.value.ours, after: now.value.ours };
  const cut = state.reachedBefore.filter((one) => !reachedNow.includes(one));
  return goOn({ against: reasonsClampNotHelped({ round, clamping, counted, cut }), round });
}

function hostsOf({ verdicts }: Finding, { hosts }: Clamping) {
  return verdicts.flatMap(({ host, registry }) =>
    host !== null && registry !== null && hosts.includes(host) ? [{ host, registry }] : [],
  );
}

function readingsOf(round: Round, { hosts, families }: Clamping): Reading[] {
  return hosts.flatMap((host) =>
    families.flatMap((family) => hostFamily(round, host, family).readings),
  );
}

async function reachedOver({ network }: World, families: readonly Family[]): Promise<string[]> {
  const found = await Promise.all(
    families.map(async (family) =>
      ((await network.reachedOver?.(family)) ?? []).map(
        (one) => `${one} over ${familyName(family)}`,
      ),
    ),
  );
  return found.flat();
}

/** `told`: what is said besides, and the outcome where it is not `no-better`. */
export async function takeClampsOff(work: Work, finding: Finding, told: Told): Promise<Stop> {
  const { world, job } = work;
  const say = (more: Omit<Told, "summary">, summary: string): Told => ({
    outcome: "no-better",
    ...told,
    ...more,
    summary: `${told.summary} ${summary}`,
  });
  const allowed = await world.lease.mayWrite({ on: "router", what: "withdraw our clamp" });
  if (!allowed.ok)
    return retry(finding, say({ error: allowed.error.message }, "It was not withdrawn yet."));
  const gone = await world.journal.stage("withdraw", () => withdrawClamps(world));
  world.journal.note(...((gone.ok ? gone.value.actions : gone.error.actions) ?? []));
  if (gone.ok)
    return finish(
      finding,
      say(
        {},
        gone.value.stays === true ? "It stays: other clusters use it." : "Nothing of it is left.",
      ),
    );
  const uncertain = say(
    { outcome: "rule-uncertain", error: gone.error.message },
    "Withdrawing it could not be confirmed: LOOK AT THE ROUTER.",
  );
  return isLastAttempt(job) ? finish(finding, uncertain) : retry(finding, uncertain);
}

async function withdrawClamps({ router }: World) {
  return router?.clamp === undefined
    ? ({ ok: true, value: { removed: 0, stays: false, actions: [] } } as const)
    : router.clamp.withdraw();
}

function notWritten({ message }: Failure): Told {
  return { summary: "No clamp was written.", error: message };
}

function failed({ job }: Work, finding: Finding, error: Failure): Stop {
  const told = {
    outcome: error.uncertain ? "rule-uncertain" : "router-failed",
    summary: "The router did not take the clamp as wanted.",
    error: error.message,
  } as const;
  const again = !isLastAttempt(job) && (error.uncertain || error.next === "retry");
  return again ? retry(finding, told) : finish(finding, told);
}
