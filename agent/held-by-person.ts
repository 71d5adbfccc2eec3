// A person took our rule off or disabled it, or takes that back. Pure.
import type { ClaimedJob } from "../src/protocol/calls.ts";
import { ourRule } from "./our-rule.ts";
import type { RouterView, World } from "./world.ts";

/** Whoever asks for a job, or approves its plan, takes back that the rule was disabled or removed. */
export function aPersonSaid(job: ClaimedJob): boolean {
  return job.origin.person || job.approval !== null;
}

/** The last report saw our rule; now it is gone or disabled, and no job of ours did that. */
export function heldByPerson(job: ClaimedJob, view: RouterView | null, world: World): boolean {
  if (aPersonSaid(job) || view === null) return false;
  const ours = ourRule(view.rules);
  if (ours !== undefined) return ours.disabled;
  const last = world.lastRule;
  // With another PREFIX since then, the old rule covers nothing that is looked for now.
  const { profile, prefix } = world.policy;
  const samePrefix = profile === "address-list" || (last?.networks?.includes(prefix) ?? true);
  return last !== null && last.state === "present" && last.ours && samePrefix;
}
