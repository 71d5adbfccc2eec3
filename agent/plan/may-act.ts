// May this plan be carried out now? Policy, mode and approval. Pure.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Plan } from "../../src/protocol/report.ts";
import type { Policy } from "../ports/policy.ts";
import { planHash } from "./plan.ts";

export type Permission =
  | { readonly kind: "act" }
  | { readonly kind: "ask"; readonly why: string }
  | { readonly kind: "observe"; readonly why: string };

/** What this agent may do, has, and the time, ms since the epoch. */
export type Setting = {
  readonly policy: Policy;
  readonly hasRouter: boolean;
  /** The router can be asked for an MSS clamp, or there is none. */
  readonly clamps: boolean;
  readonly now: number;
};

/**
 * A job may ask for less than the mode, never for more. An approval counts only for the plan whose
 * hash it carries, and only while it is fresh. `asks`: the verdict needs a person in every mode.
 */
export function permissionFor(
  job: ClaimedJob,
  { plan, asks }: { readonly plan: Plan; readonly asks: boolean },
  { policy: { mode }, hasRouter, now }: Setting,
): Permission {
  if (job.kind === "diagnose") return { kind: "observe", why: "Only a diagnosis was asked for." };
  if (!hasRouter)
    return {
      kind: "observe",
      why: "No router is configured, so the agent only observes: apply the plan's lines by hand.",
    };
  if (mode === "observe")
    return {
      kind: "observe",
      why: "The agent's MODE is observe: this is the plan it would carry out.",
    };
  if (mode === "auto" && !asks) return { kind: "act" };
  const { approval } = job;
  if (approval === null) return { kind: "ask", why: "This needs a person's approval." };
  if (approval.until <= now)
    return { kind: "ask", why: `The approval by ${approval.by} has run out.` };
  if (approval.hash !== planHash(plan))
    return { kind: "ask", why: `${approval.by} approved another plan; the finding has changed.` };
  return { kind: "act" };
}
