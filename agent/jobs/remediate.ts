// The story of one case, and the product:
//   look → probe → what stands already → decide → confirm → apply → verify, else take back (the rule,
//   or the MSS clamp) → restart → watch, else take back.
// Each stage looks before it acts: killed anywhere, the same job starts over and ends the same.
import { decide, settingOf } from "../plan/decide.ts";
import type { CarryOut, Stop } from "../plan/stop.ts";
import type { Work } from "../ports/world.ts";
import { apply } from "../stages/apply.ts";
import { clampMss } from "../stages/clamp.ts";
import { confirm, type Confirmed } from "../stages/confirm.ts";
import { look } from "../stages/look.ts";
import { notActing } from "../stages/not-acting.ts";
import { probe } from "../stages/probe.ts";
import { restart, watch } from "../stages/restart-and-watch.ts";
import { takeBack, verify, type Helps } from "../stages/verify.ts";
import { lookAfterRule } from "./standing-rule.ts";

/** Looks, proves the cause, and does what the verdict and the policy allow. */
export const remediate: CarryOut = async (work) => {
  const failing = await look(work);
  if (!failing.ok) return failing.error;
  const found = await probe(work, failing.value);
  // IPv4 lost under our rule, a rule of an earlier attempt, one that a person took away.
  const standing = await lookAfterRule(work, found);
  if (!standing.ok) return standing.error;

  // A job `diagnose`, and the mode `observe`, leave here: their decision is never to act.
  const decision = decide(found, work.job, settingOf(work.world));
  if (decision.kind !== "act") return notActing(work, found, decision);
  // Twice the same, and every precondition: the last look before anything changes.
  const sure = await confirm(work, found, decision);
  if (!sure.ok) return sure.error;

  const { clamping } = sure.value.decision;
  if (clamping !== null) {
    const clamped = await clampMss(work, sure.value, clamping);
    return clamped.ok ? restartAndWatch(work, sure.value, clamped.value) : clamped.error;
  }
  const applied = await apply(work, sure.value);
  if (!applied.ok) return applied.error;
  // Null: no rule was wanted, so there is none to verify. A rule that does not help is taken back at once.
  const helps = applied.value === null ? standing : await verify(work, applied.value);
  if (!helps.ok) return takeBack(work, helps.error);
  return restartAndWatch(work, sure.value, helps.value);
};

async function restartAndWatch(work: Work, sure: Confirmed, helps: Helps): Promise<Stop> {
  const restarted = await restart(work, { ...sure, helps });
  if (!restarted.ok) return restarted.error;
  // A rule under which no pod pulls is taken back as well.
  const end = await watch(work, restarted.value);
  return end.ok ? end.value : takeBack(work, end.error);
}
