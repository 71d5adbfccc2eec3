// What one look at a cluster found and what was done about it. Written by the agent, kept and
// shown by the Worker. Unknown fields are allowed: a newer agent may say more.
import * as z from "zod/mini";
import { PlannedClamp } from "./clamp.ts";
import { Reading, Round } from "./round.ts";

/** What the evidence proves about one failing host. `name` is a closed list in the agent; text here. */
export const Verdict = z.object({
  host: z.nullable(z.string()),
  name: z.string(),
  sentence: z.string(),
  advice: z.string(),
  evidence: z.array(z.string()),
});
export type Verdict = z.infer<typeof Verdict>;

/** A firewall rule as RouterOS spells it: every value a string. */
export const RuleFields = z.object({
  chain: z.literal("forward"),
  action: z.literal("reject"),
  "reject-with": z.string(),
  "dst-address": z.optional(z.string()),
  "dst-address-list": z.optional(z.string()),
  protocol: z.literal("tcp"),
  "dst-port": z.literal("443"),
  "src-port": z.optional(z.string()),
  "tcp-flags": z.optional(z.string()),
  comment: z.string(),
});
export type RuleFields = z.infer<typeof RuleFields>;

/** What `address-list` puts into its list: networks of these hosts' current addresses, for a while. */
const Entries = z.object({
  list: z.string(),
  hosts: z.array(z.string()),
  prefixLength: z.number(),
  lifetimeMs: z.number(),
});

const Restart = z.object({
  method: z.enum(["evict", "delete"]),
  namespaces: z.array(z.string()),
  ceiling: z.number(),
});

/** What would be done: the rule to ensure (or none) and the restarts, as plain printable values. */
export const Plan = z.object({
  verdict: z.string(),
  hosts: z.array(z.string()),
  profile: z.enum(["prefix", "address-list"]),
  rule: z.nullable(RuleFields),
  entries: z._default(z.nullable(Entries), null),
  /** The MSS clamps to ensure; left out: none. A plan has either a rule or clamps. */
  clamps: z.optional(z.array(PlannedClamp)),
  restart: Restart,
  /** The same rule as RouterOS console commands, to type by hand. */
  commands: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;

/** One pod that waited for an image: what was decided about it, why, and what became of it. */
export const PodStory = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  node: z.nullable(z.string()),
  owner: z.nullable(z.string()),
  image: z.string(),
  host: z.nullable(z.string()),
  label: z.string(),
  decision: z.enum(["restart", "leave"]),
  why: z.string(),
  retriesAt: z.nullable(z.number()),
  restarted: z.optional(
    z.enum(["evicted", "deleted", "already-replaced", "blocked-by-budget", "failed"]),
  ),
  became: z.optional(z.enum(["pulled", "still-failing", "other-cause", "unknown"])),
  detail: z.optional(z.string()),
});
export type PodStory = z.infer<typeof PodStory>;

/**
 * Our rule as last seen on the router. `ours` is false for a rule that a person typed. `networks`:
 * what it keeps clients from; with `address-list` that is what is in the list now. `life` is what the
 * agent's settings want of it.
 */
export const RuleState = z.object({
  state: z.enum(["present", "absent", "unknown"]),
  ours: z.boolean(),
  at: z.number(),
  comment: z.optional(z.string()),
  networks: z.optional(z.array(z.string())),
  life: z.optional(z.enum(["keep", "until-healed"])),
  disabled: z.optional(z.boolean()),
  behind: z.optional(z.nullable(z.string())),
  packets: z.optional(z.string()),
  /** Name and serial number of each router on which this was seen. */
  routers: z.optional(z.array(z.string())),
  /** The other clusters that use it. */
  usedBy: z.optional(z.array(z.string())),
});
export type RuleState = z.infer<typeof RuleState>;

export const Stage = z.enum([
  "look",
  "probe",
  "diagnose",
  "plan",
  "apply",
  "verify",
  "restart",
  "watch",
  "withdraw",
]);
export type Stage = z.infer<typeof Stage>;

/** Something that was done, or tried, outside the agent. */
export const Action = z.object({
  at: z.number(),
  ms: z.number(),
  what: z.string(),
  on: z.string(),
  ok: z.boolean(),
  detail: z.string(),
});
export type Action = z.infer<typeof Action>;

export const Outcome = z.enum([
  "recovered",
  "partly-recovered",
  "still-failing",
  "no-better",
  "rule-uncertain",
  "observed",
  "stood-down",
  "nothing-failing",
  "withdrawn",
  "healed",
  "not-healed",
  "held-by-person",
  "router-failed",
  "refused",
  "plan-changed",
  "dismissed",
  "cancelled",
  "expired",
  "gave-up",
]);
export type Outcome = z.infer<typeof Outcome>;

export const Report = z.object({
  v: z.literal(1),
  agentVersion: z.string(),
  mode: z.string(),
  startedAt: z.number(),
  endedAt: z.number(),
  outcome: z.optional(Outcome),
  /** One sentence for a person: what was found and what was done. */
  summary: z.string(),
  verdict: z.string(),
  verdicts: z.array(Verdict),
  rounds: z.array(Round),
  /** Readings taken after the rule was in place. */
  after: z.array(Reading),
  plan: z.nullable(Plan),
  planHash: z.nullable(z.string()),
  pods: z.array(PodStory),
  rule: z.nullable(RuleState),
  /** Of a `recheck`: whether IPv6 answered every try from the ports that the rule leaves out. */
  recheck: z._default(z.nullable(z.object({ good: z.boolean() })), null),
  stages: z.array(z.object({ stage: Stage, startedAt: z.number(), ms: z.number() })),
  actions: z.array(Action),
  error: z.optional(z.string()),
});
export type Report = z.infer<typeof Report>;
