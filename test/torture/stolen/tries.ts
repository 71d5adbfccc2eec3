// What a thief of the Worker may try in an hour of polling: each try, how it hands out jobs, and what must
// not have happened afterwards.
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import type { Path } from "../../support/a-round.ts";
import { PLAN_HASH } from "../../src/support/a-job.ts";

export type Try = {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly path?: readonly [v4: Path, v6: Path];
  /** The answer's `job` of the n-th claim, from 1. */
  job(number: number): unknown;
  /** Between two claims, ms; a minute if left out. No agent claims more often than each second. */
  readonly gapMs?: number;
  /** The agent is killed and started again after each job: as often as Kubernetes would. */
  readonly crashes?: boolean;
  readonly most: { readonly rulesAdded: number; readonly restarts: number };
  /** A name in the agent's reports or log for what stopped it. */
  readonly stoppedBy: RegExp;
};

const PERSON = { via: "api", by: "root", person: true } as const;

function aJob(number: number, changes: Partial<Record<keyof ClaimedJob, unknown>> = {}): unknown {
  return {
    id: `stolen-${number}`,
    kind: "remediate",
    cluster: "home",
    origin: PERSON,
    registry: null,
    attempts: 1,
    asks: 0,
    fence: number,
    approval: null,
    intent: null,
    addsRule: false,
    restartsAt: null,
    healing: null,
    ...changes,
  };
}

const approval = { hash: PLAN_HASH, by: "root", at: 0, until: 9_999_999_999_999 };
const flapping = (number: number): unknown =>
  aJob(number, { kind: number % 2 === 1 ? "remediate" : "withdraw" });
const NOTHING = { rulesAdded: 0, restarts: 0 };
/** The default of ROUTER_WRITES_PER_HOUR, and how many pods the path stops. */
const WRITES = 6;
const PODS = 3;
/** Kubernetes starts a container that crashes after 10 s, 20 s, … 300 s: so often in an hour. */
export const STARTS_AN_HOUR = 17;

export const TRIES: readonly Try[] = [
  {
    name: "a fix that a person is said to want, while the agent only observes",
    environment: { MODE: "observe" },
    job: (number) => aJob(number, { approval }),
    most: NOTHING,
    stoppedBy: /observe/i,
  },
  {
    name: "a fix where the path is healthy",
    path: ["ok", "ok"],
    job: (number) => aJob(number, { approval }),
    most: { rulesAdded: 0, restarts: PODS },
    stoppedBy: /healthy-now/,
  },
  {
    name: "a fix where IPv4 is down",
    path: ["tcp timeout", "ok"],
    job: (number) => aJob(number, { approval }),
    most: NOTHING,
    stoppedBy: /ipv4-down/,
  },
  {
    name: "a fix where nothing answers",
    path: ["tcp timeout", "tcp timeout"],
    job: (number) => aJob(number),
    most: NOTHING,
    stoppedBy: /registry-unreachable|site-offline/,
  },
  {
    name: "the approval of a plan that nobody has made",
    environment: { MODE: "approve" },
    job: (number) => aJob(number, { approval: { ...approval, hash: "0".repeat(32) } }),
    most: NOTHING,
    stoppedBy: /ask|approve/i,
  },
  {
    name: "a kind of job that the agent does not know",
    job: (number) => aJob(number, { kind: "execute" }),
    most: NOTHING,
    stoppedBy: /another shape than the protocol says/,
  },
  {
    name: "a job with commands, rules and addresses of its own",
    path: ["ok", "ok"],
    job: (number) => ({
      ...(aJob(number, { kind: "diagnose", registry: "192.168.88.1" }) as object),
      commands: ["/system reset-configuration"],
      rule: { chain: "input", action: "accept" },
      hosts: ["10.0.0.1", "kubernetes.default.svc"],
    }),
    most: NOTHING,
    stoppedBy: /diagnos/i,
  },
  {
    name: "a fix and its undo in turn",
    job: flapping,
    gapMs: 1_000,
    most: { rulesAdded: WRITES, restarts: PODS },
    stoppedBy: /ROUTER_WRITES_PER_HOUR/,
  },
  {
    name: "looks at the router without a pause",
    job: (number) => aJob(number, { kind: "recheck" }),
    most: { rulesAdded: 0, restarts: 0 },
    stoppedBy: /ROUTER_LOOKS_PER_MINUTE|recheck|rule/,
  },
  {
    name: "a fix and its undo in turn, with an agent that crashes after each",
    job: flapping,
    crashes: true,
    most: { rulesAdded: STARTS_AN_HOUR, restarts: PODS },
    stoppedBy: /./,
  },
];
