// What a signal becomes under a hold, and which hold follows which ending.
import { expect, test } from "vitest";
import { admit, claimRank, holdAfter, holdOnRequest, type Hold } from "../../../src/jobs/admit.ts";
import { Outcome } from "../../../src/protocol/report.ts";
import {
  aFinishedJob,
  aLeasedJob,
  ALERTS,
  anAwaitingJob,
  ANNA,
  aQueuedJob,
  FROM_ALERTS,
  FROM_ANNA,
  HOUR,
  MINUTE,
  NOW,
} from "../support/a-job.ts";

const TIMES = { shortMs: 15 * MINUTE, mostMs: 6 * HOUR, dismissedMs: 24 * HOUR };

function aHold(changes: Partial<Hold> = {}): Hold {
  return {
    until: NOW + 10 * MINUTE,
    why: "remediate ended recovered",
    by: null,
    failures: 0,
    ...changes,
  };
}

const ENDLESS = aHold({ until: null, why: "rule withdrawn by anna", by: "anna" });

/** Minutes from the job's end; `for ever` when only a person lifts the hold. */
function holdMinutes(hold: Hold | null): string {
  if (hold === null) return "none";
  return hold.until === null ? "for ever" : `${(hold.until - NOW) / MINUTE} min`;
}

test("a hold follows every ending of a remediate job as the design says", () => {
  const table = Outcome.options.map((outcome) => {
    const first = holdAfter(aFinishedJob({ outcome }), null, TIMES);
    const again = holdAfter(aFinishedJob({ outcome }), aHold({ failures: 2 }), TIMES);
    return `${outcome} -> ${holdMinutes(first)}; after two bad endings ${holdMinutes(again)}`;
  });

  expect(table.join("\n")).toMatchInlineSnapshot(`
    "recovered -> 15 min; after two bad endings 15 min
    partly-recovered -> 15 min; after two bad endings 15 min
    still-failing -> 15 min; after two bad endings 60 min
    no-better -> 15 min; after two bad endings 60 min
    rule-uncertain -> 15 min; after two bad endings 15 min
    observed -> 15 min; after two bad endings 15 min
    stood-down -> 15 min; after two bad endings 15 min
    nothing-failing -> 15 min; after two bad endings 15 min
    withdrawn -> 15 min; after two bad endings 15 min
    healed -> 15 min; after two bad endings 15 min
    not-healed -> 15 min; after two bad endings 15 min
    held-by-person -> for ever; after two bad endings for ever
    router-failed -> 15 min; after two bad endings 15 min
    refused -> 15 min; after two bad endings 15 min
    plan-changed -> 15 min; after two bad endings 15 min
    dismissed -> 1440 min; after two bad endings 1440 min
    cancelled -> 15 min; after two bad endings 15 min
    expired -> 15 min; after two bad endings 15 min
    gave-up -> 15 min; after two bad endings 60 min"
  `);
});

test.each(["no-better", "still-failing", "gave-up"] as const)(
  "%s again and again doubles the hold up to six hours",
  (outcome) => {
    let hold: Hold | null = null;
    const waits: string[] = [];
    for (let ending = 0; ending < 7; ending += 1) {
      hold = holdAfter(aFinishedJob({ outcome }), hold, TIMES);
      waits.push(holdMinutes(hold));
    }

    expect(waits.join(", ")).toBe("15 min, 30 min, 60 min, 120 min, 240 min, 360 min, 360 min");
  },
);

test("a good ending starts the doubling anew", () => {
  const bad = holdAfter(aFinishedJob({ outcome: "no-better" }), aHold({ failures: 4 }), TIMES);
  const good = holdAfter(aFinishedJob({ outcome: "recovered" }), bad, TIMES);
  const worse = holdAfter(aFinishedJob({ outcome: "no-better" }), good, TIMES);

  expect([bad, good, worse].map(holdMinutes)).toEqual(["240 min", "15 min", "15 min"]);
});

test("the hold names who dismissed the plan", () => {
  const hold = holdAfter(aFinishedJob({ outcome: "dismissed", by: "ben" }), null, TIMES);

  expect(hold).toMatchObject({ by: "ben", why: "dismissed by ben" });
});

test.each(Outcome.options)("a diagnose job that ended %s leaves the hold alone", (outcome) => {
  const job = aFinishedJob({ kind: "diagnose", outcome });

  expect(holdAfter(job, null, TIMES)).toBe(null);
  expect(holdAfter(job, ENDLESS, TIMES)).toBe(ENDLESS);
});

test.each(Outcome.options.filter((outcome) => outcome !== "held-by-person"))(
  "a recheck that ended %s leaves the hold alone",
  (outcome) => {
    const job = aFinishedJob({ kind: "recheck", outcome });

    expect(holdAfter(job, null, TIMES)).toBe(null);
    expect(holdAfter(job, aHold(), TIMES)).toEqual(aHold());
  },
);

test("a recheck that finds the rule taken off by a person holds until a person asks", () => {
  const job = aFinishedJob({ kind: "recheck", outcome: "held-by-person" });

  expect(holdMinutes(holdAfter(job, aHold(), TIMES))).toBe("for ever");
});

test("the end of a withdraw leaves alone what its request, or a later fix, made of the hold", () => {
  const job = aFinishedJob({ kind: "withdraw", outcome: "withdrawn", origin: ANNA });

  expect(holdAfter(job, ENDLESS, TIMES)).toBe(ENDLESS);
  expect(holdAfter(job, null, TIMES)).toBe(null);
});

test.each([ALERTS, ANNA])(
  "no ending of a job asked by $by shortens a hold without end",
  (origin) => {
    const holds = Outcome.options.map((outcome) =>
      holdAfter(aFinishedJob({ outcome, origin }), ENDLESS, TIMES),
    );

    expect(new Set(holds)).toEqual(new Set([ENDLESS]));
  },
);

test("what a request does to the hold", () => {
  const asks = (["remediate", "diagnose", "withdraw", "recheck"] as const).flatMap((kind) =>
    [ANNA, ALERTS].map((origin) => {
      const after = [ENDLESS, aHold()].map((hold) =>
        holdMinutes(holdOnRequest(kind, origin, hold)),
      );
      return `${kind} by ${origin.by}: for ever -> ${after[0]}, 10 min -> ${after[1]}`;
    }),
  );

  expect(asks.join("\n")).toMatchInlineSnapshot(`
    "remediate by anna: for ever -> none, 10 min -> none
    remediate by am: for ever -> for ever, 10 min -> 10 min
    diagnose by anna: for ever -> for ever, 10 min -> 10 min
    diagnose by am: for ever -> for ever, 10 min -> 10 min
    withdraw by anna: for ever -> for ever, 10 min -> for ever
    withdraw by am: for ever -> for ever, 10 min -> 10 min
    recheck by anna: for ever -> for ever, 10 min -> 10 min
    recheck by am: for ever -> for ever, 10 min -> 10 min"
  `);
});

test("what a signal and a person's request become, by open job and hold", () => {
  const jobs = [null, aQueuedJob(), aLeasedJob(), anAwaitingJob(), aFinishedJob()];
  const holds = [null, aHold(), aHold({ until: NOW - 1 }), ENDLESS];
  const table = jobs.map((job) => {
    const cells = holds.flatMap((hold) =>
      [FROM_ALERTS, FROM_ANNA].map((reason) => {
        const given = admit(reason, { open: job, hold }, NOW);
        return given.kind === "open" ? `open +${(given.notBefore - NOW) / MINUTE}` : given.kind;
      }),
    );
    return `${job?.state ?? "no job"}: ${cells.join(" | ")}`;
  });

  // Columns: no hold, 10 min left, over, without end; each for an alert, then for a person.
  expect(table.join("\n")).toMatchInlineSnapshot(`
    "no job: open +0 | open +0 | open +10 | open +0 | open +0 | open +0 | record | open +0
    queued: join | join | join | join | join | join | join | join
    leased: join | join | join | join | join | join | join | join
    awaiting: join | join | join | join | join | join | join | join
    finished: open +0 | open +0 | open +10 | open +0 | open +0 | open +0 | record | open +0"
  `);
});

test("the claim order: undoing, a person's fix, looking, an alert's fix, rechecks", () => {
  const jobs = [
    aQueuedJob({ id: "recheck", kind: "recheck" }),
    aQueuedJob({ id: "an alert's remediate" }),
    aQueuedJob({ id: "diagnose", kind: "diagnose" }),
    aQueuedJob({ id: "a person's remediate", origin: ANNA }),
    aQueuedJob({ id: "withdraw", kind: "withdraw" }),
  ];

  const order = jobs.toSorted((a, b) => claimRank(a) - claimRank(b)).map(({ id }) => id);

  expect(order).toEqual([
    "withdraw",
    "a person's remediate",
    "diagnose",
    "an alert's remediate",
    "recheck",
  ]);
});
