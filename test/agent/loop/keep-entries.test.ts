import { expect, test } from "vitest";
import { keepEntries, keepRefreshing } from "../../../agent/loop/keep-entries.ts";
import type { Result } from "../../../agent/ports/result.ts";
import type { Router, RouterView } from "../../../agent/ports/router.ts";
import type { Reading } from "../../../src/protocol/round.ts";
import { HUB, NOW, TOKEN } from "../../support/a-round.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld } from "../../support/a-world.ts";

const clock = { now: () => NOW };

const silent: Reading = {
  host: HUB,
  role: "registry",
  family: "v4",
  address: "203.0.113.10",
  try: 1,
  reached: "tcp",
  outcome: "timeout",
  detail: "no answer within 10000 ms",
  ms: { tcp: 9, tls: 10_000 },
};
const busy: Reading = {
  host: TOKEN,
  role: "token",
  family: "v4",
  address: "203.0.113.20",
  try: 1,
  reached: "http",
  outcome: "http-status",
  status: 503,
  ms: { tcp: 9, tls: 20, http: 30 },
};

type Line = readonly [message: string, facts: Readonly<Record<string, unknown>>];

/** One turn with a router that answers so; what was logged, and how often entries were refreshed. */
async function turn(
  failing: readonly Reading[],
  answer: Result<number> | null,
  look: Result<Partial<RouterView>> = { ok: true, value: {} },
): Promise<{ lines: Line[]; refreshed: number }> {
  const { router } = aWorld(aSite());
  if (router === null) throw new Error("the world has no router");
  let refreshed = 0;
  const refresh = async (): Promise<Result<number>> => {
    refreshed += 1;
    return answer ?? { ok: true, value: 0 };
  };
  const timed: Router = {
    ...router,
    look: async () =>
      look.ok
        ? { ok: true, value: { version: "7.20", rules: [], marked: 0, ...look.value } }
        : look,
    refresh: answer === null ? null : refresh,
  };
  const lines: Line[] = [];
  await keepEntries({
    router: timed,
    network: { failingOverIpv4: async () => failing },
    clock,
    hosts: [HUB],
    log: (message, facts) => lines.push([message, facts]),
  });
  return { lines, refreshed };
}

test("entries are refreshed while IPv4 answers", async () => {
  expect(await turn([], { ok: true, value: 3 })).toEqual({
    lines: [["entries refreshed", { entries: 3 }]],
    refreshed: 1,
  });
});

test("without entries there is nothing to say", async () => {
  expect(await turn([], { ok: true, value: 0 })).toEqual({ lines: [], refreshed: 1 });
});

test("without IPv4 they are left to expire", async () => {
  const left = { ok: true, value: { entriesLeftMs: 600_000 } } as const;

  const { lines, refreshed } = await turn([silent, busy], { ok: true, value: 3 }, left);

  expect(refreshed).toBe(0);
  expect(lines).toEqual([
    [
      "entries not refreshed",
      {
        error:
          "registry-1.docker.io at 203.0.113.10 over IPv4: timeout after tcp (no answer within 10000 ms); " +
          "auth.docker.io at 203.0.113.20 over IPv4: http-status after http (HTTP 503)",
        until: new Date(NOW + 600_000).toISOString(),
      },
    ],
  ]);
});

test("without IPv4 and without entries there is nothing to say", async () => {
  expect((await turn([silent], { ok: true, value: 0 })).lines).toEqual([]);
});

test("neither IPv4 nor the router answers: both are logged", async () => {
  const error = { next: "retry", uncertain: false, message: "503" } as const;

  const { lines } = await turn([busy], { ok: true, value: 3 }, { ok: false, error });

  expect(lines).toEqual([
    ["entries not refreshed", { error: expect.stringContaining("HTTP 503"), router: "503" }],
  ]);
});

test("a router that fails is logged", async () => {
  const error = { next: "retry", uncertain: false, message: "503" } as const;

  expect((await turn([], { ok: false, error })).lines).toEqual([
    ["entries not refreshed", { error: "503" }],
  ]);
});

test("the profile prefix has nothing to refresh", async () => {
  expect(await turn([], null)).toEqual({ lines: [], refreshed: 0 });
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
  const network = { failingOverIpv4: async () => [] };
  const keep = { router: { ...router, refresh }, network, clock, hosts: [HUB], log: () => {} };
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
  const network = { failingOverIpv4: async () => [] };
  const log = (message: string): void => void lines.push(message);

  await keepRefreshing(
    { router: { ...router, refresh }, network, clock, hosts: [HUB], log },
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
  const network = { failingOverIpv4: async () => [] };
  const log = (...line: Line): void => void lines.push(line);

  await keepRefreshing(
    { router: { ...router, refresh }, network, clock, hosts: [HUB], log },
    1,
    stop.signal,
  );

  expect(turns).toBe(2);
  expect(lines).toEqual([
    ["entries not refreshed", { error: expect.stringContaining("out of order") }],
  ]);
});
