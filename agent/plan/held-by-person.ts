// A person took our rule off or disabled it, or takes that back. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { isAnotherRouter } from "./another-router.ts";
import { ourRule } from "../ports/our-rule.ts";
import type { RouterView } from "../ports/router.ts";
import type { World } from "../ports/world.ts";

/** Whoever asks for a job, or approves its plan, takes back that the rule was disabled or removed. */
export function aPersonSaid(job: ClaimedJob): boolean {
  return job.origin.person || job.approval !== null;
}

export const HELD_BY_PERSON = {
  outcome: "held-by-person",
  summary: "Our rule was removed or disabled by a person; it is put back only when a person asks.",
} as const;

/** The last report saw our rule; now it is gone or disabled, and no job of ours did that. */
export function heldByPerson(job: ClaimedJob, view: RouterView | null, world: World): boolean {
  if (aPersonSaid(job) || view === null) return false;
  const ours = ourRule(view.rules);
  if (ours !== undefined) return ours.disabled;
  // With another PREFIX since then, the old rule covers nothing that is looked for now.
  const { profile, prefix } = world.policy;
  const networks = world.lastRule?.networks;
  const samePrefix = profile === "address-list" || (networks?.includes(prefix) ?? true);
  return view.marked === 0 && lastSeen(world) && samePrefix && !isAnotherRouter(view, world);
}

/** The last report saw our rule, and no write was announced since. */
export function lastSeen({ lastRule }: World): boolean {
  return lastRule !== null && lastRule.state === "present" && lastRule.ours;
}
