// What a cluster costs in which nothing happens: requests, rows and rings a day. The free plan has
// 100,000 requests and 100,000 rows a day.
import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../support/a-job.ts";
import { aDoorbell } from "../support/a-doorbell.ts";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { Agent } from "../support/an-agent.ts";
import {
  alarm,
  alarmInMs,
  aToken,
  freshWorldEachTest,
  pass,
  rowsWritten,
  stored,
} from "../support/worker.ts";

freshWorldEachTest();

const DAY = 24 * HOUR;
const sources = import.meta.glob("../../../agent/{settings/environment,loop/rest}.ts", {
  query: "?raw",
  eager: true,
  import: "default",
});

/** A number as the agent's source has it: that code needs Node and cannot run in here. */
function numberIn(file: string, pattern: RegExp): number {
  const [, found] = pattern.exec(String(sources[`../../../agent/${file}`])) ?? [];
  if (found === undefined) throw new Error(`agent/${file} has no ${pattern}`);
  return Number(found.replaceAll("_", ""));
}

const POLL_WITH_DOORBELL_MS = numberIn(
  "settings/environment.ts",
  /POLL_WITH_DOORBELL_MS: ms\(([\d_]+)\)/,
);
/** The jitter's shortest part of the interval: `0.75 + random / 2` of it. */
const SHORTEST = numberIn("loop/rest.ts", /everyMs \* \(([\d.]+) \+ random \/ 2\)/);

/** A day of polls if each came as early as the jitter allows: 86,400 s / (300 s · 0.75). */
const POLLS = Math.ceil(DAY / (POLL_WITH_DOORBELL_MS * SHORTEST));
/** Hung up once, and anew at each deployment or drop of the line; each is followed by one claim. */
const RECONNECTS = 8;

test("an idle agent with its doorbell makes at most 400 requests a day", () => {
  expect(POLLS).toBe(384);
  expect(POLLS + 2 * RECONNECTS).toBeLessThanOrEqual(400);
});

test("a day of those polls writes at most a row each, keeps the alarm away and never rings", async () => {
  const token = await aToken("agent", "home", "agent-1");
  const agent = new Agent(token, "agent-1");
  const doorbell = await aDoorbell(token);
  await agent.claim();
  await alarm();
  const before = await rowsWritten();

  for (let poll = 0; poll < POLLS; poll += 1) {
    pass(POLL_WITH_DOORBELL_MS * SHORTEST);
    expect((await agent.claim()).job).toBeNull();
  }

  expect((await rowsWritten()) - before).toBeLessThanOrEqual(POLLS);
  expect(await doorbell.ping()).toBe("pong");
  expect(doorbell.heard).toEqual(["pong"]);
  doorbell.close();
});

test("an alert that repeats every minute and adds nothing writes no row and moves no alarm", async () => {
  const token = await anAlertmanager();
  const { jobs } = await alert(token, "0.33.1/repeat-first.json");
  const before = { rows: await rowsWritten(), stored: await stored(), dueAt: await dueAt() };

  for (let repeat = 0; repeat < 60; repeat += 1) {
    pass(MINUTE);
    expect((await alert(token, "0.33.1/repeat-second.json")).jobs).toEqual(jobs);
  }

  const after = { rows: await rowsWritten(), stored: await stored(), dueAt: await dueAt() };
  expect(after).toEqual(before);
});

async function dueAt(): Promise<number> {
  return ((await alarmInMs()) ?? Number.NaN) + Date.now();
}
