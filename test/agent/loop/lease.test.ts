import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { CANCELLED, granted, GRANTED, hold, refused } from "../../support/a-lease.ts";
import { aFakeWorker, WORKER_TOKEN } from "../../support/fake-worker.ts";

describe("the right to write", () => {
  test("the intent is recorded with the Worker first", async () => {
    const { lease, asked } = hold(granted);
    lease.stage("apply");

    const may = await lease.mayWrite({ on: "router", what: "ensure the rule" });

    expect(may).toEqual({ ok: true, value: true });
    expect(asked.at(-1)).toMatchObject({
      fence: 7,
      stage: "apply",
      intent: { on: "router", what: "ensure the rule" },
    });
  });

  test("needs an answer", async () => {
    const { lease } = hold(refused(null));

    const may = await lease.mayWrite({ on: "router", what: "ensure the rule" });

    expect(may).toMatchObject({ ok: false, error: { next: "retry", uncertain: false } });
  });

  test.each([
    [45_000, true],
    [45_001, false],
  ])("an answer that takes %i ms counts from sending, not from its arrival: %s", async (ms, ok) => {
    const { lease } = hold((held) => {
      held.time += ms;
      return granted();
    });

    expect((await lease.mayWrite({ on: "router", what: "ensure the rule" })).ok).toBe(ok);
  });

  test("less than the reserve of what the Worker granted is refused, with the figures", async () => {
    const short = async () => ({ ok: true, value: { ...GRANTED, leaseMs: 74_000 } }) as const;
    const { lease } = hold(short);

    expect(await lease.mayWrite({ on: "cluster", what: "restart 2 pods" })).toMatchObject({
      ok: false,
      error: { message: "only 74000 ms of the lease are left, 75000 are needed" },
    });
  });

  test("is not even asked for while the agent shuts down", async () => {
    const { lease, asked } = hold(granted, { stopping: () => true });

    expect((await lease.mayWrite({ on: "router", what: "ensure the rule" })).ok).toBe(false);
    expect(asked).toEqual([]);
  });
});

describe("what is waited for", () => {
  test("is told once, goes with its stage, and is no write", async () => {
    const { lease, asked } = hold(granted);
    lease.stage("watch");
    lease.waits("5 pods to pull, 3 pulled", 60_000);
    lease.waits("5 pods to pull, 3 pulled", 55_000);
    await lease.end();
    expect(asked.filter((call) => "waits" in call)).toEqual([
      expect.objectContaining({
        stage: "watch",
        intent: null,
        waits: { what: "5 pods to pull, 3 pulled", forMs: 60_000 },
      }),
    ]);
  });
});

describe("an announcement", () => {
  test.each([
    [{ adds: true }, true],
    [{}, false],
  ] as const)("with %j: adds is %s", async (word, adds) => {
    const { lease, asked } = hold(granted);

    await lease.mayWrite({ on: "router", what: "ensure the rule", ...word });

    expect(asked.at(-1)?.intent).toEqual({ on: "router", what: "ensure the rule", adds });
  });
});

describe("a job that should stop", () => {
  test("a person's cancel comes with any answer", async () => {
    const { lease } = hold(async () => CANCELLED);
    expect(lease.cancelled()).toBe(false);

    await lease.mayWrite({ on: "router", what: "ensure the rule" });

    expect(lease.cancelled()).toBe(true);
  });

  test.each([
    [409, true],
    [500, false],
    [null, false],
  ])("an answer %s loses the lease: %s", async (status, lost) => {
    const { lease, log } = hold(refused(status));

    await lease.mayWrite({ on: "router", what: "ensure the rule" });

    expect(lease.cancelled()).toBe(lost);
    expect(log).toEqual([
      { message: "progress failed", job: "job-1", status, error: `POST progress: ${status}` },
    ]);
  });

  test("once lost, a later answer does not bring it back", async () => {
    const answers = [refused(409), granted];
    const { lease } = hold(() => (answers.shift() ?? granted)());

    await lease.mayWrite({ on: "router", what: "one" });
    await lease.mayWrite({ on: "router", what: "two" });

    expect(lease.cancelled()).toBe(true);
  });

  test("the doorbell asks at once", async () => {
    const { lease, asked } = hold(granted);

    lease.renewNow();
    await lease.end();

    expect(asked).toHaveLength(1);
  });
});

describe("renewal", () => {
  test("goes on while the job runs, and ends with it", async () => {
    const { lease, asked } = hold(granted, { renewMs: 5 });

    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(3));
    await lease.end();
    const calls = asked.length;
    await sleep(30);

    expect(asked).toHaveLength(calls);
    expect(asked[0]).toMatchObject({ stage: null, intent: null });
  });

  test("calls go strictly one after another, and their numbers grow", async () => {
    let running = 0;
    let most = 0;
    const { lease, asked } = hold(
      async () => {
        most = Math.max(most, (running += 1));
        await sleep(3);
        running -= 1;
        return granted();
      },
      { renewMs: 1 },
    );

    lease.stage("look");
    lease.stage("probe");
    lease.renewNow();
    await Promise.all([
      lease.mayWrite({ on: "router", what: "a" }),
      lease.mayWrite({ on: "cluster", what: "b" }),
    ]);
    await lease.end();

    expect(most).toBe(1);
    expect(asked.map(({ seq }) => seq)).toEqual(asked.map((_, index) => index));
    expect(lease.nextSeq()).toBe(asked.length);
  });
});

test("over a real connection the token is in the header and in no log line", async () => {
  const worker = await aFakeWorker();
  onTestFinished(() => worker.close());
  worker.faults.push({ kind: "progress", fault: 503 }, { kind: "progress", fault: "lost" });
  const { lease, log } = hold(granted, { worker: worker.api });

  const answers = [];
  for (let call = 0; call < 3; call += 1)
    answers.push(await lease.mayWrite({ on: "router", what: "a rule" }));

  expect(answers.map(({ ok }) => ok)).toEqual([false, false, true]);
  expect(worker.of("progress").map(({ authorization }) => authorization)).toEqual(
    Array(3).fill(`Bearer ${WORKER_TOKEN}`),
  );
  expect(log).toHaveLength(2);
  expect(JSON.stringify([log, answers])).not.toContain(WORKER_TOKEN);
});
