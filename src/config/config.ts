// The Worker's variables and secrets → Config, parsed once. Every fault is named in one message;
// a secret's value never.
import * as z from "zod/mini";
import { channelsOf, destinationsOf, MESSAGE_SECRETS, MessageVariables } from "./messages.ts";
import { inWords } from "./fault-words.ts";
import type { HoldTimes } from "../jobs/admit.ts";
import type { HealingTimes } from "../jobs/healing.ts";
import type { Limits } from "../jobs/lifecycle-event.ts";
import type { Destinations } from "../messages/destinations.ts";

const names = z.pipe(
  z.string("names separated by commas"),
  z.transform((text) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  ),
);
const ms = (fallback: number) =>
  z._default(
    z.coerce
      .number("a whole number of milliseconds")
      .check(z.int("a whole number of milliseconds"), z.minimum(1), z.maximum(1e10)),
    fallback,
  );

/** A cluster's name is its tenant: the `cluster` of its tokens and the name of its object. */
export const ClusterName = z
  .string()
  .check(z.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "letters, digits and dashes, at most 63"));

const secretRule = "at least 32 characters (openssl rand -base64 48)";
const secret = z.string(secretRule).check(z.minLength(32, secretRule));

const Variables = z.object({
  TOKEN_KEY: secret,
  TOKEN_KEY_PREVIOUS: z.optional(secret),
  CLUSTERS: z.pipe(names, z.array(ClusterName).check(z.minLength(1, "at least one cluster name"))),
  SLACK_SIGNING_SECRET: z.optional(z.string().check(z.minLength(16))),
  SLACK_SIGNING_SECRET_PREVIOUS: z.optional(z.string().check(z.minLength(16))),
  /** Ids, never names: people can change their names. */
  SLACK_TEAM_ID: z.optional(z.string()),
  SLACK_APP_ID: z.optional(z.string()),
  SLACK_MAY_SEE: z._default(names, []),
  SLACK_MAY_REQUEST: z._default(names, []),
  SLACK_MAY_APPROVE: z._default(names, []),
  ...MessageVariables,

  LEASE_MS: ms(120_000),
  LEASE_MOST_MS: ms(30 * 60_000),
  ATTEMPTS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(20)), 3),
  RETRY_MS: ms(30_000),
  JOB_AGE_MS: ms(86_400_000),
  AWAITING_MS: ms(30 * 60_000),
  APPROVAL_MS: ms(15 * 60_000),
  HOLD_MS: ms(15 * 60_000),
  HOLD_MOST_MS: ms(6 * 3_600_000),
  HOLD_DISMISSED_MS: ms(86_400_000),
  RECHECK_MS: ms(4 * 3_600_000),
  HEAL_ROUNDS: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 6),
  HEAL_MS: ms(86_400_000),
  RELAPSE_MS: ms(7 * 86_400_000),
});

const SECRETS = [
  "TOKEN_KEY",
  "TOKEN_KEY_PREVIOUS",
  "SLACK_SIGNING_SECRET",
  "SLACK_SIGNING_SECRET_PREVIOUS",
  ...MESSAGE_SECRETS,
];

export type Config = {
  readonly tokenKeys: readonly string[];
  readonly clusters: readonly string[];
  readonly slack: {
    readonly secrets: readonly string[];
    readonly teamId: string | null;
    readonly appId: string | null;
    readonly maySee: readonly string[];
    readonly mayRequest: readonly string[];
    readonly mayApprove: readonly string[];
    /** A command in a cluster's own channel is about that cluster. */
    readonly channels: Readonly<Record<string, string>>;
  } | null;
  readonly messages: Destinations;
  readonly limits: Limits;
  readonly holds: HoldTimes;
  readonly healing: HealingTimes;
};

type ConfigRead =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly message: string; readonly names: string };

/** An isolate has one environment, and nobody changes it. */
const known = new WeakMap<object, ConfigRead>();

/**
 * Reads the environment, each once; on a fault nothing is served. `message`, with values, is for the log;
 * `names` is for whoever calls: no value of a setting.
 */
export function readConfig(env: object): ConfigRead {
  const before = known.get(env);
  if (before !== undefined) return before;
  const read = parsedConfig(env);
  known.set(env, read);
  return read;
}

function parsedConfig(env: object): ConfigRead {
  const parsed = Variables.safeParse(withoutEmpty(env), inWords);
  if (!parsed.success) {
    const { issues } = parsed.error;
    return { ok: false, message: describe(issues, env), names: namesOf(issues) };
  }
  const found = parsed.data;
  const secrets = [found.SLACK_SIGNING_SECRET, found.SLACK_SIGNING_SECRET_PREVIOUS];
  return {
    ok: true,
    config: {
      tokenKeys: present([found.TOKEN_KEY, found.TOKEN_KEY_PREVIOUS]),
      clusters: found.CLUSTERS,
      slack:
        found.SLACK_SIGNING_SECRET === undefined
          ? null
          : {
              secrets: present(secrets),
              teamId: found.SLACK_TEAM_ID ?? null,
              appId: found.SLACK_APP_ID ?? null,
              maySee: found.SLACK_MAY_SEE,
              mayRequest: found.SLACK_MAY_REQUEST,
              mayApprove: found.SLACK_MAY_APPROVE,
              channels: channelsOf(found.SLACK_CHANNELS),
            },
      messages: destinationsOf(found, found.CLUSTERS),
      limits: {
        leaseMs: found.LEASE_MS,
        leaseMostMs: found.LEASE_MOST_MS,
        attempts: found.ATTEMPTS,
        retryMs: found.RETRY_MS,
        jobAgeMs: found.JOB_AGE_MS,
        awaitingMs: found.AWAITING_MS,
        approvalMs: found.APPROVAL_MS,
      },
      holds: {
        shortMs: found.HOLD_MS,
        mostMs: found.HOLD_MOST_MS,
        dismissedMs: found.HOLD_DISMISSED_MS,
      },
      healing: {
        recheckMs: found.RECHECK_MS,
        neededRounds: found.HEAL_ROUNDS,
        healMs: found.HEAL_MS,
        relapseMs: found.RELAPSE_MS,
      },
    },
  };
}

/** A variable that is set to nothing is not set; workerd gives null for one that it does not find. */
function withoutEmpty(env: object): object {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== "" && value !== null),
  );
}

function present(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

function namesOf(issues: readonly z.core.$ZodIssue[]): string {
  const names = [...new Set(issues.map(({ path }) => String(path[0] ?? "?")))];
  return `the Worker's settings have faults in ${names.join(", ")}; its log has each with its value`;
}

function describe(issues: readonly z.core.$ZodIssue[], env: object): string {
  const values = new Map<string, unknown>(Object.entries(env));
  const lines = issues.map((issue) => {
    const name = String(issue.path[0] ?? "?");
    const value = values.get(name);
    const text = JSON.stringify(value) ?? "(not set)";
    // A user in an address, which none may have, comes with a password.
    const shown =
      value !== undefined && (SECRETS.includes(name) || /\/\/[^/]*@/.test(text))
        ? "(a secret)"
        : text;
    return `${name}=${shown}: ${issue.message}`;
  });
  return `the Worker's settings have ${lines.length} fault(s): ${lines.join("; ")}`;
}
