// One sequence of calls to one cluster's queue, as plain data: what fast-check draws and makes smaller.
import fc from "fast-check";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const KINDS = ["remediate", "diagnose", "withdraw"] as const;
export type Kind = (typeof KINDS)[number];

/** `who`: one of three agents. `old`: of its claims so far, counted from the newest. */
export type Step =
  | { readonly do: "alert"; readonly pod: number }
  | { readonly do: "ask"; readonly kind: Kind; readonly key: number | null }
  | { readonly do: "claim"; readonly who: number; readonly again: boolean }
  | { readonly do: "restart"; readonly who: number }
  | { readonly do: "progress"; readonly who: number; readonly old: number }
  | {
      readonly do: "report";
      readonly who: number;
      readonly old: number;
      readonly as: "done" | "ask" | "retry" | "release";
      readonly outcome: "recovered" | "no-better" | "stood-down" | "held-by-person";
    }
  /** The last call of this agent once more, byte for byte; or with another body. */
  | { readonly do: "repeat"; readonly who: number; readonly changed: boolean }
  /** A call is made that arrives only so many steps later. */
  | { readonly do: "delay"; readonly who: number; readonly steps: number }
  | { readonly do: "decide"; readonly as: "approve" | "dismiss" | "cancel"; readonly job: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "alarm" }
  /** SIGKILL of the Worker, and a start on the same storage. */
  | { readonly do: "kill" };

export type QueueHistory = readonly Step[];

const who = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat({ max: 2 }));
const old = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 2 }));
const outcome = fc.constantFrom("recovered", "no-better", "stood-down", "held-by-person");
const step = (kills: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("alert"), pod: fc.nat({ max: 3 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("ask"),
        kind: fc.constantFrom(...KINDS),
        key: fc.option(fc.nat({ max: 1 })),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("claim"),
        who,
        again: fc.nat({ max: 4 }).map((n) => n === 0),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("restart"), who }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("progress"), who, old }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("report"),
        who,
        old,
        as: fc.constantFrom("done", "done", "ask", "retry", "release"),
        outcome,
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat"), who, changed: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("delay"),
        who,
        steps: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("decide"),
        as: fc.constantFrom("approve", "approve", "dismiss", "cancel"),
        job: fc.nat({ max: 2 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("pass"),
        ms: fc.constantFrom(
          1_000,
          31_000,
          121_000,
          16 * MINUTE,
          31 * MINUTE,
          25 * HOUR,
          -2 * MINUTE,
          -2 * HOUR,
          -24 * HOUR,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("alarm") }) },
    ...(kills ? [{ weight: 1, arbitrary: fc.record({ do: fc.constant("kill") }) }] : []),
  ) as fc.Arbitrary<Step>;

/** Something to do, and somebody who has it: else most of what follows is about nothing. */
const beginning: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("alert" as const), pod: fc.nat({ max: 3 }) }),
  fc.record({
    do: fc.constant("ask" as const),
    kind: fc.constantFrom(...KINDS),
    key: fc.constant(null),
  }),
);

/** `kills`: the Worker is killed in some of them. */
export function queueHistories(kills: boolean): fc.Arbitrary<QueueHistory> {
  const steps = fc.array(step(kills), { minLength: 3, maxLength: 14, size: "max" });
  return fc
    .tuple(beginning, steps)
    .map(([first, rest]) => [first, { do: "claim", who: 0, again: false }, ...rest]);
}
