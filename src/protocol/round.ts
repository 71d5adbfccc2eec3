// One round of probes as the agent measured it. Unknown fields are allowed: a newer agent may say more.
import * as z from "zod/mini";

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
  preferred: z.optional(z.boolean()),
  detail: z.optional(z.string()),
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
  status: z.optional(z.number()),
  ms: z.object({
    tcp: z.optional(z.number()),
    tls: z.optional(z.number()),
    http: z.optional(z.number()),
  }),
  serverAheadMs: z.optional(z.number()),
  detail: z.optional(z.string()),
});
export type Reading = z.infer<typeof Reading>;

/** So many pulls in so many seconds, as the registry's headers say (`100;w=21600`). */
const Allowance = {
  limit: z.optional(z.number()),
  windowS: z.optional(z.number()),
};

/**
 * What is left of the registry's pull allowance over IPv4, read without spending a pull.
 * `retryAfterS`: when the registry wants to be asked again, from its own answer.
 */
export const Quota = z.union([
  z.object({
    state: z.literal("unknown"),
    why: z.string(),
    /** The host that did not answer over IPv4 when it was asked. */
    unanswered: z.optional(z.string()),
    /** The round ended before the answer. */
    cut: z.optional(z.boolean()),
  }),
  z.object({ state: z.literal("unlimited") }),
  z.object({ state: z.literal("left"), left: z.number(), ...Allowance }),
  z.object({ state: z.literal("exhausted"), retryAfterS: z.optional(z.number()), ...Allowance }),
]);
export type Quota = z.infer<typeof Quota>;

/**
 * What another resolver, asked over HTTPS, says of a host that was reached nowhere. `answers`: TLS came
 * up at the first of these addresses, with a certificate of the host's own.
 */
export const SecondOpinion = z.object({
  host: z.string(),
  family: Family,
  from: z.string(),
  addresses: z.array(z.string()),
  answers: z.boolean(),
});
export type SecondOpinion = z.infer<typeof SecondOpinion>;

/**
 * One round of probes; `at` is milliseconds since the epoch. `smallHello`: one more try at each
 * address with a ClientHello that fits any packet. `plainHttp`: where TLS stalled everywhere in a
 * family, one request over port 80, whose answer is one small packet. `patient`: no try was cut before
 * each of its stages had its own limit in full.
 */
export const Round = z.object({
  at: z.number(),
  ms: z.number(),
  patient: z.optional(z.boolean()),
  lookups: z.array(Lookup),
  readings: z.array(Reading),
  smallHello: z._default(z.array(Reading), []),
  plainHttp: z.optional(z.array(Reading)),
  secondOpinions: z.optional(z.array(SecondOpinion)),
  quota: Quota,
  lookedFrom: z.object({
    node: z.nullable(z.string()),
    /** This node's source address a family, shortened to /24 or /64; null where it has none. */
    sources: z.object({ v4: z.nullable(z.string()), v6: z.nullable(z.string()) }),
    resolvers: z.array(z.string()),
  }),
});
export type Round = z.infer<typeof Round>;
