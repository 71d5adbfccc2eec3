// Restarts take their time: what they rest on is probed again once it is too old.
import { latestRound, verdictOn } from "../diagnosis/finding.ts";
import { staleness } from "../plan/freshness.ts";
import type { Work } from "../ports/world.ts";
import type { Confirmed } from "./confirm.ts";
import { probeOnce } from "./probe.ts";
import type { Helps } from "./verify.ts";

/** What is proven, and the rule that helps. */
export type Healed = Confirmed & { readonly helps: Helps };

/** What the restarts of one job rest on, as it was proven last. */
export type Proof = {
  healed(): Healed;
  /** In words why it proves nothing now; null: it does. Asks nobody. */
  stale(): string | null;
  /** Probes once more where it is stale. It stays so if that shows anything worse. */
  renew(): Promise<void>;
};

export function proofOf(work: Work, first: Healed): Proof {
  let healed = first;
  const stale = (): string | null => {
    const { finding, helps } = healed;
    const newest = Math.max(latestRound(finding)?.at ?? 0, helps.verifiedAt ?? 0);
    return staleness(newest, work.world.clock.now());
  };
  return {
    healed: () => healed,
    stale,
    async renew() {
      if (stale() === null) return;
      const finding = await probeOnce(work, healed.finding);
      const isGood = (host: string): boolean =>
        ["rule-active", "healthy-now"].includes(verdictOn(finding, host) ?? "");
      if (!healed.decision.goodHosts.every(isGood)) return;
      const helps = { ...healed.helps, verifiedAt: latestRound(finding)?.at ?? null };
      healed = { ...healed, finding, helps };
    },
  };
}
