// `fix` that is killed at each outside call and run again ends in the same state: what no look can find out is in
// a file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { carryThrough, type FixEnd } from "../../../../agent/commands/fix/carry-through.ts";
import { openLocalJob, type LocalJob } from "../../../../agent/commands/fix/local-job.ts";
import { restartMemory } from "../../../../agent/settings/policy.ts";
import { TLS_TIMEOUT } from "../../../support/a-pod.ts";
import { aPolicy } from "../../../support/a-policy.ts";
import { aSite } from "../../../support/a-site.ts";
import { memoryCluster, memoryNetwork, memoryRouter } from "../../../support/memory-adapters.ts";
import { Died, type SiteInMemory } from "../../../support/site-in-memory.ts";

const KILLED = Symbol("killed");
const FIRST_PID = 1_001;
const SECOND_PID = 1_002;

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-fix-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Calls of a process that was killed in one of them are never answered. */
function untilKilled<Port extends object>(port: Port, killed: () => void): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(call, target, given);
        if (!(answer instanceof Promise)) return answer;
        return answer.catch((cause: unknown) => {
          if (!(cause instanceof Died)) throw cause;
          killed();
          return new Promise<never>(() => {});
        });
      };
    },
  });
}

function open(folder: string, pid: number, now: () => number): LocalJob {
  const job = openLocalJob({ folder, about: "router", pid, now, isAlive: () => false });
  if (typeof job === "number") throw new Error(`${job} is at it`);
  return job;
}

async function fix(site: SiteInMemory, job: LocalJob): Promise<FixEnd | typeof KILLED> {
  const { promise: killed, resolve } = Promise.withResolvers<typeof KILLED>();
  const kill = (): void => resolve(KILLED);
  const sleep = async (ms: number): Promise<void> => {
    site.now += ms;
    site.onSleep(ms);
  };
  const never = new AbortController().signal;
  const end = carryThrough(
    {
      cluster: untilKilled(memoryCluster(site), kill),
      network: untilKilled(memoryNetwork(site), kill),
      router: untilKilled(memoryRouter(site), kill),
      clock: { now: () => site.now, sleep },
      policy: aPolicy({ mode: "approve" }),
      memory: restartMemory(),
      log: () => {},
    },
    { job, by: "anna", registry: null, stopped: never, ending: never, agrees: async () => true },
  );
  return Promise.race([end, killed]);
}

async function callsOf(site: SiteInMemory): Promise<number> {
  const job = open(aFolderForAll, FIRST_PID, () => site.now);
  expect(await fix(site, job)).toMatchObject({ kind: "done" });
  job.forget();
  return site.calls.length;
}

const aFolderForAll = mkdtempSync(join(tmpdir(), "backon-fix-"));
const useless = (): SiteInMemory => Object.assign(aSite(), { ruleWorks: false });
const good = await callsOf(aSite());
const bad = await callsOf(useless());
const failing = (): SiteInMemory => Object.assign(aSite(), { failsAnyway: TLS_TIMEOUT });
const again = await callsOf(failing());
rmSync(aFolderForAll, { recursive: true });

const each = (calls: number) =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (["before", "after"] as const).map((when) => ({ call, when })),
  );

async function twice(
  site: SiteInMemory,
  dies: NonNullable<SiteInMemory["dies"]>,
  laterMs = 60_000,
) {
  const folder = aFolder();
  site.dies = dies;
  expect(
    await fix(
      site,
      open(folder, FIRST_PID, () => site.now),
    ),
  ).toBe(KILLED);
  site.dies = null;
  site.now += laterMs;
  return fix(
    site,
    open(folder, SECOND_PID, () => site.now),
  );
}

test("there are calls to be killed at", () => {
  expect(good).toBeGreaterThan(12);
  expect(bad).toBeGreaterThan(8);
});

describe("a rule that helps", () => {
  test.each(each(good))(
    "killed $when call $call: one rule, each pod evicted once",
    async (dies) => {
      const site = aSite();

      const end = await twice(site, dies);

      expect(end).toMatchObject({ kind: "done" });
      expect(site.rules).toHaveLength(1);
      expect(site.writes.filter((write) => write === "add rule")).toHaveLength(1);
      expect(site.evicted.toSorted()).toEqual(["pod-1", "pod-2"]);
    },
  );
});

describe("a rule that does not help", () => {
  test.each(each(bad))("killed $when call $call: no rule of ours stays", async (dies) => {
    const site = useless();

    const end = await twice(site, dies);

    expect(end).toMatchObject({ kind: "done", report: { outcome: "no-better" } });
    expect(site.rules).toEqual([]);
    expect(site.evicted).toEqual([]);
  });
});

describe("pods that fail again in the same way", () => {
  test.each(each(again))(
    "killed $when call $call: restarted once, no rule of ours stays",
    async (dies) => {
      const site = failing();

      const end = await twice(site, dies, 600_000);

      expect(end).toMatchObject({ kind: "done" });
      expect(site.rules).toEqual([]);
      expect(site.evicted.length).toBeLessThanOrEqual(2);
    },
  );
});

test("a second run at the same router is refused while the first one lives", () => {
  const folder = aFolder();
  open(folder, FIRST_PID, () => 1);

  const job = openLocalJob({
    folder,
    about: "router",
    pid: SECOND_PID,
    now: () => 2,
    isAlive: (pid) => pid === FIRST_PID,
  });

  expect(job).toBe(FIRST_PID);
});

test("a run of two days ago is not taken up", () => {
  const folder = aFolder();
  open(folder, FIRST_PID, () => 0).announce({ adds: true, at: null });

  expect(open(folder, SECOND_PID, () => 86_400_000 - 1).addsRule()).toBe(true);
  expect(open(folder, SECOND_PID, () => 3 * 86_400_000).addsRule()).toBe(false);
});
