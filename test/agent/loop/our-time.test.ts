// The Worker's clock and the agent's may differ by hours: its moments are read in the agent's time.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bootMs } from "../../../agent/loop/boot-clock.ts";
import { inOurTime } from "../../../agent/loop/our-time.ts";
import { isHealed } from "../../../agent/plan/healing.ts";
import { aLoop } from "../../support/a-loop.ts";
import { aJob, aPolicy } from "../../support/a-policy.ts";
import { NOW } from "../../support/a-round.ts";

const HOUR = 3_600_000;
const policy = aPolicy({ mode: "approve" });
const approvedUntil = (until: number, hash = "") =>
  aJob({ approval: { by: "ann", hash, at: until - HOUR, until } });

/** The hash of the plan that the agent asks about. */
async function askedHash(): Promise<string> {
  const loop = await aLoop();
  loop.worker.jobs.push(aJob());
  await loop.run({ policy });
  return String(loop.worker.of("report")[0]?.body["planHash"]);
}

test.each([-9 * HOUR, -HOUR, 0, HOUR, 9 * HOUR])(
  "a fresh approval counts where the Worker's clock is %i ms ahead, an old one does not",
  async (aheadMs) => {
    const hash = await askedHash();
    const writes = [];
    for (const leftMs of [10 * 60_000, -1]) {
      const loop = await aLoop();
      loop.worker.now = NOW + aheadMs;
      loop.worker.jobs.push(approvedUntil(NOW + aheadMs + leftMs, hash));

      await loop.run({ policy });

      writes.push(loop.site.writes.includes("add rule"));
    }
    expect(writes).toEqual([true, false]);
  },
);

test.each([-48 * HOUR, 0, 48 * HOUR])(
  "good rounds are as old as the Worker's clock says, %i ms ahead",
  (aheadMs) => {
    const after = (ms: number): boolean => {
      const first = NOW + aheadMs - ms;
      const goodRounds = Array.from({ length: 6 }, (_, index) => first + index);
      const healing = {
        since: first,
        goodRounds,
        neededRounds: 6,
        neededMs: 24 * HOUR,
        relapses: 0,
      };
      const job = inOurTime(aJob({ healing }), { now: NOW + aheadMs }, NOW);
      return job.healing !== null && isHealed(job.healing, NOW);
    };

    expect([after(23 * HOUR), after(25 * HOUR)]).toEqual([false, true]);
  },
);

test("a Worker that does not say its time is read as before", () => {
  const job = approvedUntil(NOW);

  expect(inOurTime(job, {}, NOW + HOUR)).toBe(job);
});

test("a lease is counted on the clock of the machine's start, which a laptop's sleep does not stop", () => {
  const [seconds] = readFileSync("/proc/uptime", "utf8").split(" ");

  expect(Math.abs(bootMs() - Number(seconds) * 1_000)).toBeLessThan(1_000);
});
