import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { jitteredPollMs, openRest } from "../../../agent/loop/rest.ts";
import { stoppableClock } from "../../../agent/loop/stoppable-clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether it ended, as far as time has passed. */
function watched(work: Promise<unknown>): { ended: boolean } {
  const seen = { ended: false };
  void work.then(() => (seen.ended = true));
  return seen;
}

test("a poll comes a quarter earlier or later than set", () => {
  expect([0, 0.5, 1].map((random) => jitteredPollMs(30_000, random))).toEqual([
    22_500, 30_000, 37_500,
  ]);
});

test("a rest lasts as long as it was asked for", async () => {
  const rest = watched(openRest(new AbortController().signal).rest(30_000));

  await vi.advanceTimersByTimeAsync(29_999);
  expect(rest.ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(rest.ended).toBe(true);
});

test("a ring ends the rest under way, and only that one", async () => {
  const { ring, rest } = openRest(new AbortController().signal);
  const first = watched(rest(30_000));

  ring();
  await vi.advanceTimersByTimeAsync(0);
  const second = watched(rest(30_000));
  await vi.advanceTimersByTimeAsync(29_999);

  expect([first.ended, second.ended]).toEqual([true, false]);
});

test("a ring while the agent works counts for the next rest", async () => {
  const { ring, rest } = openRest(new AbortController().signal);

  ring();
  const next = watched(rest(30_000));
  await vi.advanceTimersByTimeAsync(0);

  expect(next.ended).toBe(true);
});

test("told to stop, it rests no longer, and then half a second at most between tries", async () => {
  const stop = new AbortController();
  const { rest } = openRest(stop.signal);
  const first = watched(rest(30_000));

  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  const second = watched(rest(30_000));
  await vi.advanceTimersByTimeAsync(499);
  expect([first.ended, second.ended]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(second.ended).toBe(true);
});

test("a pause of a job ends with an error when the agent is told to stop, and none begins after", async () => {
  const stop = new AbortController();
  const { sleep } = stoppableClock(stop.signal);
  const under = sleep(30_000);

  stop.abort();

  await expect(under).rejects.toThrow("told to stop");
  await expect(sleep(30_000)).rejects.toThrow("told to stop");
  expect(vi.getTimerCount()).toBe(0);
});
