import { expect, test } from "vitest";
import { keepEntries, keepRefreshing } from "../../agent/keep-entries.ts";
import type { Result, Router } from "../../agent/world.ts";
import { HUB } from "../support/a-round.ts";
import { aSite } from "../support/a-site.ts";
import { aWorld } from "../support/a-world.ts";

type Line = readonly [message: string, facts: Readonly<Record<string, unknown>>];

/** One turn with a router that answers so; what was logged, and how often entries were refreshed. */
async function turn(
  ipv4: boolean,
  answer: Result<number> | null,
): Promise<{ lines: Line[]; refreshed: number }> {
  const { router } = aWorld(aSite());
  if (router === null) throw new Error("the world has no router");
  let refreshed = 0;
  const refresh = async (): Promise<Result<number>> => {
    refreshed += 1;
    return answer ?? { ok: true, value: 0 };
  };
  const timed: Router = { ...router, refresh: answer === null ? null : refresh };
  const lines: Line[] = [];
  await keepEntries({
    router: timed,
    network: { answersOverIpv4: async () => ipv4 },
    hosts: [HUB],
    log: (message, facts) => lines.push([message, facts]),
  });
  return { lines, refreshed };
}

test("entries are refreshed while IPv4 answers", async () => {
  expect(await turn(true, { ok: true, value: 3 })).toEqual({
    lines: [["entries refreshed", { entries: 3 }]],
    refreshed: 1,
  });
});

test("without entries there is nothing to say", async () => {
  expect(await turn(true, { ok: true, value: 0 })).toEqual({ lines: [], refreshed: 1 });
});

test("without IPv4 they are left to expire", async () => {
  const { lines, refreshed } = await turn(false, { ok: true, value: 3 });

  expect(refreshed).toBe(0);
  expect(lines).toEqual([["entries not refreshed", { why: "IPv4 does not answer", hosts: [HUB] }]]);
});

test("a router that fails is logged", async () => {
  const error = { next: "retry", uncertain: false, message: "503" } as const;

  expect((await turn(true, { ok: false, error })).lines).toEqual([
    ["entries not refreshed", { error: "503" }],
  ]);
});

test("the profile prefix has nothing to refresh", async () => {
  expect(await turn(true, null)).toEqual({ lines: [], refreshed: 0 });
});

test("the first turn comes at once, and none after the stop", async () => {
  const { router } = aWorld(aSite());
  if (router === null) throw new Error("the world has no router");
  const stop = new AbortController();
  let turns = 0;
  const refresh = async (): Promise<Result<number>> => {
    turns += 1;
    if (turns === 3) stop.abort();
    return { ok: true, value: 1 };
  };
  const network = { answersOverIpv4: async () => true };
  const keep = { router: { ...router, refresh }, network, hosts: [HUB], log: () => {} };
  const first = new AbortController();
  const hourly = keepRefreshing(keep, 3_600_000, first.signal);
  await expect.poll(() => turns).toBe(1);
  first.abort();
  await hourly;

  await keepRefreshing(keep, 1, stop.signal);

  expect(turns).toBe(3);
});

test("a turn that the stop cuts short ends quietly", async () => {
  const { router } = aWorld(aSite());
  if (router === null) throw new Error("the world has no router");
  const stop = new AbortController();
  const refresh = async (): Promise<Result<number>> => {
    stop.abort();
    throw new Error("told to stop");
  };
  const lines: string[] = [];
  const network = { answersOverIpv4: async () => true };
  const log = (message: string): void => void lines.push(message);

  await keepRefreshing(
    { router: { ...router, refresh }, network, hosts: [HUB], log },
    1,
    stop.signal,
  );

  expect(lines).toEqual([]);
});

test("a turn that breaks is logged, and the next one comes", async () => {
  const { router } = aWorld(aSite());
  if (router === null) throw new Error("the world has no router");
  const stop = new AbortController();
  let turns = 0;
  const refresh = async (): Promise<Result<number>> => {
    turns += 1;
    if (turns === 1) throw new Error("out of order");
    stop.abort();
    return { ok: true, value: 0 };
  };
  const lines: Line[] = [];
  const network = { answersOverIpv4: async () => true };
  const log = (...line: Line): void => void lines.push(line);

  await keepRefreshing(
    { router: { ...router, refresh }, network, hosts: [HUB], log },
    1,
    stop.signal,
  );

  expect(turns).toBe(2);
  expect(lines).toEqual([
    ["entries not refreshed", { error: expect.stringContaining("out of order") }],
  ]);
});
