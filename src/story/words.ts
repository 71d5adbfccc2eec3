// A job in a person's words: what it is, where it stands, how it ended. The same everywhere.
import type { JobView } from "../jobs/job-view.ts";

/** `good`: it is well now. `no`: nothing was changed, for a named reason. `bad`: somebody must look. `ask`: a person decides. */
export type Tone = "good" | "no" | "bad" | "open" | "ask";

const ENDINGS: Readonly<Record<string, readonly [tone: Tone, words: string]>> = {
  recovered: ["good", "recovered"],
  "partly-recovered": ["bad", "recovered in part"],
  "still-failing": ["bad", "pods still fail"],
  "no-better": ["bad", "did not help, taken back"],
  "rule-uncertain": ["bad", "the rule is uncertain: look at the router"],
  observed: ["no", "observed"],
  "stood-down": ["no", "no action"],
  "nothing-failing": ["good", "nothing fails"],
  withdrawn: ["good", "rule withdrawn"],
  healed: ["good", "the path has healed, rule withdrawn"],
  "not-healed": ["no", "the path has not healed"],
  "held-by-person": ["no", "a person removed the rule"],
  "router-failed": ["bad", "the router failed"],
  refused: ["no", "refused by the agent's policy"],
  "plan-changed": ["bad", "the plan kept changing"],
  dismissed: ["no", "dismissed"],
  cancelled: ["no", "cancelled"],
  expired: ["bad", "nobody took it in time"],
  "gave-up": ["bad", "gave up"],
};

/** Unknown outcomes of a newer agent are shown as they are. */
export function toneOf({ state, outcome, routerUncertain }: JobView): Tone {
  if (state !== "finished") return state === "awaiting" ? "ask" : "open";
  if (routerUncertain) return "bad";
  return ENDINGS[outcome ?? ""]?.[0] ?? "no";
}

/** Where the job stands, in a few words. */
export function standing(job: JobView): string {
  switch (job.state) {
    case "queued":
      return job.approvedBy === null ? "queued" : "approved, waits for the agent";
    case "leased":
      if (job.cancelAskedBy !== null) return "stopping";
      return job.stage === null ? "the agent works" : STAGES[job.stage];
    case "awaiting":
      return "needs approval";
    case "finished":
      return ENDINGS[job.outcome ?? ""]?.[1] ?? job.outcome ?? "ended";
  }
}

const STAGES: Readonly<Record<NonNullable<JobView["stage"]>, string>> = {
  look: "looks at the failing pods",
  probe: "probes the path",
  diagnose: "diagnoses",
  plan: "plans",
  apply: "sets the rule",
  verify: "checks that the rule helps",
  restart: "restarts the pods",
  watch: "watches the pods",
  withdraw: "removes the rule",
};

const KINDS: Readonly<Record<JobView["kind"], string>> = {
  remediate: "fix",
  diagnose: "diagnosis",
  withdraw: "undo",
  recheck: "recheck",
};

/** What people call a job of this kind. */
export function kindWord(kind: JobView["kind"]): string {
  return KINDS[kind];
}

/** What a person's request makes happen. */
export const WHAT_REQUEST_DOES: Readonly<Record<"diagnose" | "remediate" | "withdraw", string>> = {
  diagnose: "The agent looks and probes. Nothing is changed.",
  remediate:
    "The agent looks and probes. Where the evidence and its policy allow it, it adds the one rule and restarts the pods that fail now. If clients do not move to IPv4 within seconds, the rule is removed again; restarts can't be undone. A hold is lifted.",
  withdraw:
    "The agent removes our rule from the router; a rule that a person typed stays. Open fixes are cancelled, and alerts start nothing until a person asks for a fix.",
};
