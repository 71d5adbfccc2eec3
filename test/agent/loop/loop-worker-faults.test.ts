import { describe, expect, test } from "vitest";
import { aLoop, type LoopRun } from "../../support/a-loop.ts";
import { aJob } from "../../support/a-policy.ts";
import { WORKER_TOKEN } from "../../support/fake-worker.ts";

const messages = ({ log }: LoopRun): string[] => log.map(({ message }) => message);
const claimIds = ({ worker }: LoopRun): unknown[] =>
  worker.of("claim").map(({ body }) => body["claimId"]);

describe("the Worker does not answer as it should", () => {
  test("a claim whose answer was lost is repeated with the same id, and the job is done once", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push({ kind: "claim", fault: "lost" });

    await loop.run();

    const [first, second, third] = claimIds(loop);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(loop.ended).toEqual(["recovered"]);
  });

  test("each failed claim waits twice as long, and a good one starts over", async () => {
    const loop = await aLoop();
    const down = { kind: "claim", fault: 503 } as const;
    loop.worker.faults.push(down, down, down);

    await loop.run();

    expect(loop.rests).toEqual([1_000, 2_000, 4_000, 40_000]);
  });

  test("a claim or report that the Worker asks to send later comes when it says, within limits", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push(
      { kind: "claim", fault: 429, retryAfter: "7" },
      { kind: "claim", fault: 503, retryAfter: "86400" },
      { kind: "report", fault: 503, retryAfter: "9" },
      { kind: "report", fault: 423, retryAfter: "86400" },
    );

    await loop.run();

    expect(loop.rests).toEqual([7_000, 300_000, 9_000, 30_000, 40_000]);
    expect(loop.ended).toEqual(["recovered"]);
  });

  test.each([401, 403, 426])(
    "%i needs a person: five minutes, and a line in the log",
    async (status) => {
      const loop = await aLoop();
      loop.worker.faults.push({ kind: "claim", fault: status });

      await loop.run();

      expect(loop.rests[0]).toBe(300_000);
      expect(loop.log[0]).toMatchObject({
        message: "claim failed",
        status,
        error: expect.stringContaining(`the fake Worker says ${status}`),
      });
    },
  );

  test("a report is repeated, byte for byte and under one number, until it is accepted", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    const faults = [503, "lost", 429] as const;
    loop.worker.faults.push(...faults.map((fault) => ({ kind: "report", fault }) as const));

    await loop.run();

    const bodies = loop.worker.of("report").map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(4);
    expect(new Set(bodies).size).toBe(1);
    expect(messages(loop).findLast((one) => one !== "poll answered")).toBe("job reported");
  });

  test("a report is sent twelve times, half a second to half a minute apart, then given up", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push(...Array(20).fill({ kind: "report", fault: 503 }));

    await loop.run();

    expect(loop.worker.of("report")).toHaveLength(12);
    expect(loop.rests.slice(0, -1)).toEqual([
      500,
      1_000,
      2_000,
      4_000,
      8_000,
      16_000,
      ...Array(5).fill(30_000),
    ]);
    expect(messages(loop)).toContain("report given up");
  });

  test("an agent that is told to stop sends its report three times: nobody waits for more", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push(...Array(20).fill({ kind: "report", fault: 503 }));

    await loop.run({ log: () => void (loop.stopping = true) });

    expect(loop.worker.of("report")).toHaveLength(3);
    expect(messages(loop)).toContain("report given up");
  });

  test("a report that is refused for good is not repeated", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push({ kind: "report", fault: 409 });

    await loop.run();

    expect(loop.worker.of("report")).toHaveLength(1);
    expect(loop.log.findLast(({ message }) => message !== "poll answered")).toMatchObject({
      message: "report failed",
      status: 409,
    });
  });

  test("a lease that another agent has taken stops the writes", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.worker.faults.push(...Array(20).fill({ kind: "progress", fault: 409 }));

    await loop.run();

    expect(loop.site.writes).toEqual([]);
  });
});

test("the token is in no log line and in no report", async () => {
  const loop = await aLoop();
  loop.worker.jobs.push(aJob());
  loop.worker.faults.push(
    { kind: "claim", fault: 401 },
    { kind: "claim", fault: "lost" },
    { kind: "progress", fault: "lost" },
    { kind: "report", fault: 503 },
    { kind: "report", fault: "lost" },
  );

  await loop.run();

  expect(loop.log.length).toBeGreaterThan(8);
  expect(JSON.stringify(loop.log)).not.toContain(WORKER_TOKEN);
  expect(JSON.stringify(loop.worker.requests.map(({ body }) => body))).not.toContain(WORKER_TOKEN);
});
