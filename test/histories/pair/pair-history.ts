// One history of two routers that stand for each other, as plain data, and how it is drawn.
import fc from "fast-check";
import { CLUSTERS, type Cluster } from "../history.ts";

export type PairHistory = {
  /** `both`: ROUTER_URL names each. `virtual`: one address, behind which the one that forwards answers. */
  readonly reached: "both" | "virtual";
  readonly steps: readonly PairStep[];
};

export type Which = 0 | 1;

export type PairJob = {
  readonly kind: "job";
  readonly cluster: Cluster;
  readonly job: "alert" | "fix" | "withdraw";
};

export type PairStep =
  | PairJob
  /** The other one forwards from now on; `atRequest`: in the middle of the next job. */
  | { readonly kind: "failover"; readonly atRequest: number | null }
  | { readonly kind: "down" | "up"; readonly router: Which }
  /** Deletions of the next job are refused, or answered 204 and not carried out. */
  | { readonly kind: "deletes"; readonly how: "refused" | "frozen"; readonly router: Which }
  | { readonly kind: "person"; readonly act: (typeof ACTS)[number]; readonly router: Which };

const ACTS = [
  "remove ours",
  "disable ours",
  "edit a copy of ours",
  "mention us",
  "entry with our mark",
  "marker by hand",
] as const;

const which = fc.constantFrom<Which>(0, 1);

const step: fc.Arbitrary<PairStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("job"),
      cluster: fc.constantFrom(...CLUSTERS),
      job: fc.constantFrom("alert", "alert", "fix", "withdraw"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("failover"),
      atRequest: fc.option(fc.integer({ min: 1, max: 20 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("down", "up"), router: which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("deletes"),
      how: fc.constantFrom("refused", "frozen"),
      router: which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("person"),
      act: fc.constantFrom(...ACTS),
      router: which,
    }),
  },
);

export const pairHistories: fc.Arbitrary<PairHistory> = fc.record({
  reached: fc.constantFrom("both", "both", "virtual"),
  steps: fc.array(step, { minLength: 2, maxLength: 9 }),
});
