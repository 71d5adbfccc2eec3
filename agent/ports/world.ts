// What the core needs of the outside, in its own words. One adapter each: agent/probe (network),
// agent/router, agent/kubernetes, agent/worker. Adapters do not know each other.
import type { Action, RuleFields, RuleState, Stage } from "../../src/protocol/report.ts";
import type { Reading, Round } from "../../src/protocol/round.ts";
import type { Cluster } from "./cluster.ts";
import type { ProxySettings } from "../diagnosis/proxy.ts";

/**
 * An expected failure as a value. `next` is the next move: `retry` it later, `wait` for a person
 * (credentials, rights), or `give-up`. `uncertain`: a write may or may not have happened.
 */
export type Failure = {
  readonly next: "retry" | "wait" | "give-up";
  readonly uncertain: boolean;
  /** What was tried, on what, what happened. Never a secret. */
  readonly message: string;
  /** Writes that were made before it failed. */
  readonly actions?: readonly Action[];
};
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure };

export type ProbeTarget = {
  readonly host: string;
  readonly role: Reading["role"];
  /** `lookup`: nothing is sent to the host, only its addresses are asked for. */
  readonly only?: "lookup";
};

/** Something that must stay reachable while the rule stands: Worker, API server, router, resolver. */
export type Lifeline = {
  readonly what: string;
  readonly host: string;
  readonly v6: readonly string[];
  /** An IPv4 connection to it was opened just now. */
  readonly v4Works: boolean;
};

export type Verified = {
  /** One per address that failed before: after the rule it must not answer any more. */
  readonly blocked: readonly {
    readonly host: string;
    readonly address: string;
    readonly blocked: boolean;
    readonly ms: number;
    readonly detail: string;
  }[];
  /** Dials as the image client does (both families race on TCP, then TLS). */
  readonly dials: readonly Reading[];
  readonly controls: readonly Reading[];
};

export interface Network {
  /** One round at all targets at once; ends one TLS limit plus a second after it starts. */
  probe(targets: readonly ProbeTarget[]): Promise<Round>;
  /** The second look, after a rule: is it in the way of IPv6, and do clients get through? */
  verify(request: {
    readonly blocked: readonly { readonly host: string; readonly address: string }[];
    readonly hosts: readonly string[];
    readonly controls: readonly string[];
  }): Promise<Verified>;
  /** IPv6 of these hosts from the source ports that the rule leaves out; empty without an address. */
  throughTestPorts(hosts: readonly string[]): Promise<readonly Reading[]>;
  /** One try at each host over IPv4: the readings of those that do not answer as they should. */
  failingOverIpv4(hosts: readonly string[]): Promise<readonly Reading[]>;
  /** Where the Worker, the API server, the router and the resolvers are. */
  lifelines(): Promise<readonly Lifeline[]>;
}

/** A rule found on the router that keeps IPv6 HTTPS from (part of) the wanted prefix. */
export type RuleOnRouter = {
  readonly id: string;
  readonly ours: boolean;
  readonly disabled: boolean;
  readonly comment: string | null;
  /** IPv6 networks it keeps clients from: its address, or what is in its list now. */
  readonly networks: readonly string[];
  /** It leaves out the source ports from which IPv6 can be tested while it stands. */
  readonly testable: boolean;
  /** The rule that stands before it and could decide first; null if it is first. */
  readonly behind: string | null;
  /** Packets it has matched, as the router counts; a decimal string. */
  readonly packets: string;
};

export type RouterView = {
  readonly version: string;
  /** All rules that cover the wanted prefix, ours and a person's, and ours that covers a part. */
  readonly rules: readonly RuleOnRouter[];
  /** How many rules are ours, of whatever settings. */
  readonly marked: number;
  /** What bears our mark and is not as we write it, in words: a person's, and only named. */
  readonly leftAlone?: readonly string[];
  /** Until the last of our timed entries goes by itself. Left out: there is none. */
  readonly entriesLeftMs?: number;
};

export type Ensured = {
  /** True if this call added the rule: only then may this job take it back. */
  readonly added: boolean;
  readonly rule: RuleOnRouter;
  readonly actions: readonly Action[];
};

export type Wanted = {
  readonly rule: RuleFields;
  /** IPv6 addresses that fail; `address-list` keeps clients from the /64 of each. */
  readonly addresses: readonly string[];
};

export interface Router {
  look(): Promise<Result<RouterView>>;
  /**
   * Our rule exists once and first, or an equal one of a person is there. Looks before it acts, and
   * asks `stillAllowed` right before each write: reading a slow router may have taken minutes.
   */
  ensure(wanted: Wanted, stillAllowed: () => boolean): Promise<Result<Ensured>>;
  /**
   * Where ours stands as wanted, further copies of it go; nothing is added. What was done. Fails with
   * `retry` where there is none of ours. Asks `stillAllowed` like `ensure`.
   */
  tidy(rule: RuleFields, stillAllowed: () => boolean): Promise<Result<readonly Action[]>>;
  /**
   * Gives our timed entries that are still there their whole lifetime again; how many. Null: the
   * profile has none.
   */
  readonly refresh: (() => Promise<Result<number>>) | null;
  /** Removes what is ours, and nothing else. Reads back. */
  withdraw(): Promise<Result<Withdrawn>>;
}

export type Withdrawn = {
  readonly removed: number;
  /** What bears our mark and is not as we write it, in words: left to a person. */
  readonly leftAlone?: readonly string[];
  readonly actions: readonly Action[];
};

/** The right to write, as the Worker granted it. */
export interface Lease {
  /** A person asked this job to stop. */
  cancelled(): boolean;
  /** Nobody cancelled, and enough of the lease is left for a write. Asks nobody. */
  stillHeld(): boolean;
  /** Tells the Worker which stage runs; failures are not in the way. */
  stage(stage: Stage): void;
  /**
   * Records the intent with the Worker. True only if it answered and enough lease is left,
   * counted on this process's own clock from sending the last renewal.
   */
  mayWrite(on: "router" | "cluster", what: string, adds?: "adds-rule"): Promise<Result<true>>;
}

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
};

/** What this cluster's agent may do. Set in the cluster and nowhere else. */
export type Policy = {
  readonly mode: "observe" | "approve" | "auto";
  readonly stopGap: "ask" | "never" | "allow";
  readonly profile: "prefix" | "address-list";
  /** With `prefix` what is blocked; with `address-list` the network that entries must lie in. */
  readonly prefix: string;
  readonly addressList: string;
  readonly entryLifetimeMs: number;
  readonly life: "keep" | "until-healed";
  /** Under `until-healed`: from this age on the rule is reported loudly. */
  readonly ruleMaxAgeMs: number;
  readonly rejectWith: string;
  readonly newOnly: boolean;
  readonly ruleHosts: readonly string[];
  readonly ipv6Controls: readonly string[];
  readonly ipv4Control: string;
  /** Hosts to which Docker Hub sends clients for blobs, as far as the settings know them. */
  readonly blobHosts: readonly string[];
  readonly proxy: ProxySettings | null;
  readonly method: "evict" | "delete";
  readonly allowRunning: boolean;
  /** Empty: every namespace but the denied ones. */
  readonly namespaces: readonly string[];
  readonly deniedNamespaces: readonly string[];
  readonly maxPods: number;
  readonly restartsPerSecond: number;
  readonly failingForMs: number;
  readonly restartAgainMs: number;
  readonly evidenceAgeMs: number;
  readonly secondRoundMs: number;
  readonly verifyAgainMs: number;
  readonly watchMs: number;
  readonly watchEveryMs: number;
  /** The longest that one attempt of an image client may take to fail (TCP and TLS limit). */
  readonly clientAttemptMs: number;
  /** IPv6 counts as much slower from this factor on, and this many milliseconds. */
  readonly slowFactor: number;
  readonly slowMs: number;
  /** This agent's own pod: never restarted. */
  readonly ownPodUid: string | null;
  readonly ownNode: string | null;
};

/** Restarts of the last hours, so that one owner is not restarted again and again. */
export interface RestartMemory {
  lastRestart(ownerUid: string, registry: string): number | null;
  remember(ownerUid: string, registry: string, at: number): void;
}

export type World = {
  readonly cluster: Cluster;
  readonly network: Network;
  /** Null where no router is configured: then the agent observes. */
  readonly router: Router | null;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly memory: RestartMemory;
  readonly agentVersion: string;
  /** Our rule as the last report saw it; decides whether somebody else removed it. */
  readonly lastRule: RuleState | null;
  /** One line for the log; `facts` hold no secret. */
  log(message: string, facts: Readonly<Record<string, unknown>>): void;
};
