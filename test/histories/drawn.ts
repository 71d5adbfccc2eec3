// How histories are drawn: jobs most often, and trouble around what they ask of the router.
import fc from "fast-check";
import {
  ACTS,
  CLUSTERS,
  FAULTS,
  type End,
  type Fault,
  type History,
  type JobStep,
  type Mid,
  type Operator,
  type StartRow,
  type Step,
} from "./history.ts";

const operator: fc.Arbitrary<Operator> = fc.record({
  kind: fc.constant("operator"),
  act: fc.oneof(
    { arbitrary: fc.constantFrom(...ACTS), weight: 3 },
    { arbitrary: fc.constantFrom("disable ours", "remove ours"), weight: 1 },
  ),
  which: fc.nat(3),
  to: fc.nat(8),
});

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("fault"),
  fault: fc.constantFrom(...FAULTS),
  count: fc.integer({ min: 1, max: 6 }),
});

/** A job that sets the rule asks some fifteen times, one that withdraws it three times. */
const mid: fc.Arbitrary<Mid> = fc.record({
  at: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 16 })),
  what: fc.oneof({ arbitrary: fault, weight: 2 }, { arbitrary: operator, weight: 1 }),
});

/** A request has some 300 bytes, an answer up to some thousands: short jobs are to be cut too. */
const bytes = fc.oneof(fc.nat(900), fc.nat(4_000), fc.nat(20_000));
const end: fc.Arbitrary<End> = fc.oneof(
  { arbitrary: fc.constant<End>({ kind: "whole" }), weight: 5 },
  {
    arbitrary: fc.record({
      kind: fc.constant("cut"),
      from: fc.constantFrom("client", "router"),
      bytes,
      dies: fc.boolean(),
    }),
    weight: 6,
  },
  { arbitrary: fc.constant<End>({ kind: "unreported" }), weight: 1 },
);

const job: fc.Arbitrary<JobStep> = fc.record({
  kind: fc.constant("job"),
  cluster: fc.constantFrom(...CLUSTERS),
  job: fc.oneof(
    { arbitrary: fc.constantFrom("alert", "fix"), weight: 6 },
    { arbitrary: fc.constant("withdraw"), weight: 2 },
    { arbitrary: fc.constantFrom("recheck", "refresh"), weight: 2 },
  ),
  path: fc.oneof(
    { arbitrary: fc.constant("stalls"), weight: 7 },
    { arbitrary: fc.constantFrom("healthy", "ipv4 lost", "not in path", "pods fail"), weight: 3 },
  ),
  mids: fc.oneof(
    { arbitrary: fc.constant<Mid[]>([]), weight: 2 },
    { arbitrary: fc.array(mid, { minLength: 1, maxLength: 3 }), weight: 3 },
  ),
  end,
});

const time = fc.record({
  kind: fc.constant("time"),
  minutes: fc.constantFrom(0.01, 0.5, 3, 20, 45, 300),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: job, weight: 5 },
  { arbitrary: operator, weight: 2 },
  { arbitrary: time, weight: 1 },
);

const table: fc.Arbitrary<StartRow[]> = fc.oneof(
  { arbitrary: fc.constant<StartRow[]>([]), weight: 20 },
  { arbitrary: fc.constant<StartRow[]>(["home"]), weight: 80 },
  {
    arbitrary: fc.uniqueArray(
      fc.constantFrom<StartRow[]>("home", "fasttrack", "accept all", "typed", "raw bytes", "ours"),
      { minLength: 1, maxLength: 4 },
    ),
    weight: 100,
  },
  // A large table costs as much as twenty histories.
  { arbitrary: fc.constant<StartRow[]>(["many"]), weight: 1 },
);

export const histories: fc.Arbitrary<History> = fc.record({
  profile: fc.constantFrom("prefix", "address-list"),
  life: fc.constantFrom("keep", "until-healed"),
  secure: rarely(40),
  table,
  renumbersAtReboot: fc.boolean(),
  patchesTimeouts: fc.oneof(
    { arbitrary: fc.constant(true), weight: 3 },
    { arbitrary: fc.constant(false), weight: 1 },
  ),
  unknownPlace: fc.constantFrom("400", "404", "append"),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  thenWithdraw: fc.boolean(),
});

/** True once in so many; smaller counterexamples are false. */
function rarely(outOf: number): fc.Arbitrary<boolean> {
  return fc.oneof(
    { arbitrary: fc.constant(false), weight: outOf - 1 },
    { arbitrary: fc.constant(true), weight: 1 },
  );
}
