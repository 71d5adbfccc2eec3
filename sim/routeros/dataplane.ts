// What carries the packets that the simulated router's table decides about. Without one, tests ask
// the table itself (`decide`); in the network lab the router's namespace does it with nftables.
import type { RuleRow } from "./rule-table.ts";

export type Dataplane = {
  /**
   * From now on packets meet these rules, in this order. Called after each change, before its reply.
   * `lists`: the prefixes that each address list holds now; called again when an entry expires.
   */
  load(
    rows: readonly RuleRow[],
    lists: ReadonlyMap<string, readonly string[]>,
    mangle?: Readonly<Record<"v4" | "v6", readonly RuleRow[]>>,
  ): Promise<void>;
  /** What each rule has counted since it came into its table: by `.id`, of mangle tables by `v4 *1`. */
  counters(): Promise<ReadonlyMap<string, { readonly packets: bigint; readonly bytes: bigint }>>;
};
