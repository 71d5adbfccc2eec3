// The router as the core needs it; agent/router is the adapter.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import type { Clamper } from "./clamp.ts";
import type { Result } from "./result.ts";
import type { Withdrawn } from "./withdrawn.ts";

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
  /** All rules that cover the wanted prefix or a part of it, ours and a person's. */
  readonly rules: readonly RuleOnRouter[];
  /** How many rules are ours, of whatever settings. */
  readonly marked: number;
  /** What bears our mark and is not as we write it, in words: a person's, and only named. */
  readonly leftAlone?: readonly string[];
  /** Name and serial number of each router that answered. Left out: nobody asked. */
  readonly routers?: readonly string[];
  /** What a person should know about the routers. */
  readonly notes?: readonly string[];
  /** Other clusters that use what is ours. Left out: nobody asked. */
  readonly usedBy?: readonly string[];
  /** This cluster has said that it uses our rule. Left out: nobody asked. */
  readonly usedByUs?: boolean;
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
  /** IPv6 addresses that the hosts have now; `address-list` keeps clients from the /64 of each. */
  readonly addresses: readonly string[];
};

export interface Router {
  /** `seen`: a view of a moment ago; what only a restart changes is not asked for again. */
  look(seen?: RouterView): Promise<Result<RouterView>>;
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
  /**
   * Says again that this cluster uses our rule, where it has said so before and the rule stands. Left
   * out: the router knows one cluster only.
   */
  readonly keepMarker?: () => Promise<Result<boolean>>;
  /**
   * Removes what is ours, and nothing else. Reads back. While other clusters use it too it stays, and
   * this cluster uses it no longer; but `all` takes it off for all of them.
   */
  withdraw(scope?: "all"): Promise<Result<Withdrawn>>;
  /** The other remedy. Left out: this router is not asked for it. */
  readonly clamp?: Clamper;
}
