// What one look at a cluster found and what was done about it. Written by the agent, kept and
// shown by the Worker. Unknown fields are allowed: a newer agent may say more.
import * as z from "zod";

export const Family = z.enum(["v4", "v6"]);
export type Family = z.infer<typeof Family>;

export const Role = z.enum(["registry", "token", "blob", "control"]);
export type Role = z.infer<typeof Role>;

/**
 * What DNS said about one host in one family. `ms` is the time to the answer. `preferred`: clients
 * on this node dial this family first (RFC 6724); only where the host has an address in it.
 */
export const Lookup = z.object({
  host: z.string(),
  role: Role,
  family: Family,
  source: z.enum(["hosts", "dns", "literal"]),
  outcome: z.enum(["answer", "nodata", "nxdomain", "failure", "timeout"]),
  addresses: z.array(z.string()),
  ms: z.number(),
  preferred: z.boolean().optional(),
  detail: z.string().optional(),
});
export type Lookup = z.infer<typeof Lookup>;

/**
 * One try at one address. `reached` is the last stage that was completed; `outcome` is `ok` (the
 * registry's own answer: 200 or 401; any answer for a control) or why the next stage failed.
 * `no-route`: this node has no route or no source address for it. `unknown`: the round ended first.
 * `ms` is the time of each stage begun, of the one that failed too. `serverAheadMs`: the clock of
 * the server (its `Date`, to the second) minus this node's.
 */
export const Reading = z.object({
  host: z.string(),
  role: Role,
  family: Family,
  address: z.string(),
  try: z.number(),
  reached: z.enum(["nothing", "tcp", "tls", "http"]),
  outcome: z.enum([
    "ok",
    "no-route",
    "refused",
    "unreachable",
    "timeout",
    "reset",
    "certificate",
    "http-status",
    "failed",
    "unknown",
  ]),
  status: z.number().optional(),
  ms: z.object({
    tcp: z.number().optional(),
    tls: z.number().optional(),
    http: z.number().optional(),
  }),
  serverAheadMs: z.number().optional(),
  detail: z.string().optional(),
});
export type Reading = z.infer<typeof Reading>;

/** So many pulls in so many seconds, as the registry's headers say (`100;w=21600`). */
const Allowance = {
  limit: z.number().optional(),
  windowS: z.number().optional(),
};

/**
 * What is left of the registry's pull allowance over IPv4, read without spending a pull.
 * `retryAfterS`: when the registry wants to be asked again, from its own answer.
 */
export const Quota = z.union([
  z.object({ state: z.literal("unknown"), why: z.string() }),
  z.object({ state: z.literal("unlimited") }),
  z.object({ state: z.literal("left"), left: z.number(), ...Allowance }),
  z.object({ state: z.literal("exhausted"), retryAfterS: z.number().optional(), ...Allowance }),
]);
export type Quota = z.infer<typeof Quota>;

/**
 * One round of probes; `at` is milliseconds since the epoch. `smallHello`: one more try at each IPv6
 * address with a ClientHello that fits any packet.
 */
export const Round = z.object({
  at: z.number(),
  ms: z.number(),
  lookups: z.array(Lookup),
  readings: z.array(Reading),
  smallHello: z.array(Reading).default([]),
  quota: Quota,
  lookedFrom: z.object({
    node: z.string().nullable(),
    /** This node's source address a family, shortened to /24 or /64; null where it has none. */
    sources: z.object({ v4: z.string().nullable(), v6: z.string().nullable() }),
    resolvers: z.array(z.string()),
  }),
});
export type Round = z.infer<typeof Round>;

/** What the evidence proves about one failing host. `name` is a closed list in the agent; text here. */
export const Verdict = z.object({
  host: z.string().nullable(),
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
  "dst-address": z.string().optional(),
  "dst-address-list": z.string().optional(),
  protocol: z.literal("tcp"),
  "dst-port": z.literal("443"),
  "src-port": z.string().optional(),
  "tcp-flags": z.string().optional(),
  comment: z.string(),
});
export type RuleFields = z.infer<typeof RuleFields>;

/** What `address-list` puts into its list: networks of these hosts' live addresses, for a while. */
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
  rule: RuleFields.nullable(),
  entries: Entries.nullable().default(null),
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
  node: z.string().nullable(),
  owner: z.string().nullable(),
  image: z.string(),
  host: z.string().nullable(),
  label: z.string(),
  decision: z.enum(["restart", "leave"]),
  why: z.string(),
  retriesAt: z.number().nullable(),
  restarted: z
    .enum(["evicted", "deleted", "already-replaced", "blocked-by-budget", "failed"])
    .optional(),
  became: z.enum(["pulled", "still-failing", "other-cause", "unknown"]).optional(),
  detail: z.string().optional(),
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
  comment: z.string().optional(),
  networks: z.array(z.string()).optional(),
  life: z.enum(["keep", "until-healed"]).optional(),
  disabled: z.boolean().optional(),
  behind: z.string().nullable().optional(),
  packets: z.string().optional(),
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
  outcome: Outcome.optional(),
  /** One sentence for a person: what was found and what was done. */
  summary: z.string(),
  verdict: z.string(),
  verdicts: z.array(Verdict),
  rounds: z.array(Round),
  /** Readings taken after the rule was in place. */
  after: z.array(Reading),
  plan: Plan.nullable(),
  planHash: z.string().nullable(),
  pods: z.array(PodStory),
  rule: RuleState.nullable(),
  /** Of a `recheck`: whether IPv6 answered every try from the ports that the rule leaves out. */
  recheck: z.object({ good: z.boolean() }).nullable().default(null),
  stages: z.array(z.object({ stage: Stage, startedAt: z.number(), ms: z.number() })),
  actions: z.array(Action),
  error: z.string().optional(),
});
export type Report = z.infer<typeof Report>;
