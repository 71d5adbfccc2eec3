// What an agent with the default settings may do, and the jobs it gets.
import { readSettings, type Environment, type Settings } from "../../agent/settings/environment.ts";
import { policyOf } from "../../agent/settings/policy.ts";
import type { Policy } from "../../agent/ports/policy.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";

export const ROUTER = {
  ROUTER_URL: "https://192.0.2.1",
  ROUTER_USER: "backon",
  ROUTER_PASSWORD: "a-password-of-nobody",
};

export function settingsOf(env: Environment): Settings {
  const read = readSettings(env);
  if (!read.ok) throw new Error(read.message);
  return read.settings;
}

/** The default settings with a router and MODE=auto, on node-a. */
export function aPolicy(changes: Partial<Policy> = {}): Policy {
  const settings = settingsOf({ ...ROUTER, MODE: "auto", NODE_NAME: "node-a" });
  return { ...policyOf(settings), ...changes };
}

/** A job of an alert, first attempt. */
export function aJob(changes: Partial<ClaimedJob> = {}): ClaimedJob {
  return {
    id: "job-1",
    kind: "remediate",
    cluster: "home",
    origin: { via: "alertmanager", by: "alertmanager", person: false },
    registry: null,
    attempts: 1,
    asks: 0,
    fence: 7,
    approval: null,
    intent: null,
    addsRule: false,
    restartsAt: null,
    healing: null,
    ...changes,
  };
}

export const BY_PERSON = { via: "slack", by: "U123", person: true } as const;
