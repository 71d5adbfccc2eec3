import { describe, expect, test } from "vitest";
import { RULE_COMMENT } from "../../../agent/ports/our-writing.ts";
import { ReportRequest } from "../../../src/protocol/calls.ts";
import { aLoop, type LoopRun } from "../../support/a-loop.ts";
import { aJob, BY_PERSON } from "../../support/a-policy.ts";
import { NOW } from "../../support/a-round.ts";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { FIXED } from "../../support/a-site.ts";

const messages = ({ log }: LoopRun): string[] => log.map(({ message }) => message);
const reports = ({ worker }: LoopRun) =>
  worker.of("report").map(({ body }) => ReportRequest.parse(body));

describe("a job", () => {
  test("is claimed, carried out and reported", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());

    await loop.run();

    expect(loop.site.writes).toEqual(FIXED);
    expect(reports(loop)).toMatchObject([
      { disposition: "done", report: { outcome: "recovered" } },
    ]);
    expect(loop.ended).toEqual(["recovered"]);
    expect(messages(loop)).toEqual(
      expect.arrayContaining(["job claimed", "stage", "job reported"]),
    );
  });

  test("has each write to the router and each eviction in the log, with its id", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());

    await loop.run();

    const actions = loop.log.filter(({ message }) => message === "action");
    expect(actions.map(({ job, what, on }) => [job, what, on])).toEqual([
      ["job-1", "add rule", "192.0.2.1"],
      ["job-1", "evict pod", "shop/web-pod-1"],
      ["job-1", "evict pod", "shop/db-0"],
    ]);
  });

  test("announces its writes before they happen, with growing numbers under its fence", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());

    await loop.run();

    const calls = loop.worker.requests.filter(({ kind }) => kind !== "claim");
    expect(calls.map(({ body }) => body["seq"])).toEqual(calls.map((_, index) => index));
    expect(new Set(calls.map(({ body }) => body["fence"]))).toEqual(new Set([7]));
    const intents = calls.map(({ body }) => body["intent"]).filter(Boolean);
    expect(intents).toEqual([
      { on: "router", what: "ensure the rule for 2600:1f18::/32", adds: true },
      { on: "cluster", what: "restart 2 pod(s)", adds: false, at: expect.any(Number) },
    ]);
  });

  test("is asked for under the name and by the process that this start of the agent is", async () => {
    const loop = await aLoop();

    await loop.run();

    const [claim] = loop.worker.of("claim");
    expect(claim?.body).toMatchObject({ agent: "agent-1", process: "process-1" });
  });

  test("of another kind than the four is never asked for", async () => {
    const loop = await aLoop();

    await loop.run();

    expect(loop.worker.of("claim")[0]?.body["kinds"]).toEqual([
      "remediate",
      "diagnose",
      "withdraw",
      "recheck",
    ]);
  });

  test("knows the rule as the Worker saw it last", async () => {
    const loop = await aLoop();
    loop.worker.rule = { state: "present", ours: true, at: NOW };
    loop.worker.jobs.push(aJob());

    await loop.run();

    expect(loop.ended).toEqual(["held-by-person"]);
  });

  test("that a person cancels writes nothing", async () => {
    const loop = await aLoop();
    loop.worker.cancel = true;
    loop.worker.jobs.push(aJob());

    await loop.run();

    expect(loop.ended).toEqual(["cancelled"]);
    expect(loop.site.writes).toEqual([]);
  });

  test.each([
    ["our rule", [aRule()], 0, "Our rule was withdrawn."],
    ["no rule", [], 0, "There was none of ours."],
    ["a person's rule", [aPersonsRule()], 1, "There was none of ours."],
  ])("`withdraw` with %s on the router", async (_which, rules, left, words) => {
    const loop = await aLoop();
    loop.site.rules = rules;
    loop.worker.jobs.push(aJob({ kind: "withdraw", origin: BY_PERSON }));

    await loop.run();

    expect(loop.ended).toEqual(["withdrawn"]);
    expect(reports(loop)[0]?.report?.summary).toContain(words);
    expect(loop.site.rules.filter(({ comment }) => comment === RULE_COMMENT)).toEqual([]);
    expect(loop.site.rules).toHaveLength(left);
  });

  test("`withdraw` without a router is refused", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob({ kind: "withdraw" }));

    await loop.run({ router: null });

    expect(loop.ended).toEqual(["refused"]);
  });
});

describe("a job that is cut short", () => {
  test("an exception becomes a retry that tells what was done", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());
    loop.site.dies = { call: 8, when: "before" };

    await loop.run();

    expect(reports(loop)).toMatchObject([
      {
        disposition: "retry",
        report: {
          summary: expect.stringContaining("failed in the middle"),
          error: expect.stringContaining("before"),
          actions: [{ what: "add rule" }],
        },
      },
    ]);
    expect(messages(loop)).toContain("job failed");
  });

  test("told to stop in the middle, the agent hands the job back and claims no more", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob(), aJob({ id: "job-2" }));
    loop.site.onSleep = () => {
      loop.stopping = true;
      throw new Error("told to stop");
    };

    await loop.run();

    expect(reports(loop)).toMatchObject([
      {
        disposition: "release",
        report: { actions: [{ what: "add rule" }, { what: "evict pod" }] },
      },
    ]);
    expect(reports(loop)[0]?.report?.summary).toContain("told to stop");
    expect(messages(loop)).not.toContain("job failed");
    expect(loop.worker.of("claim")).toHaveLength(1);
  });

  test("told to stop before its first write, a job writes nothing and is handed back", async () => {
    const loop = await aLoop();
    loop.worker.jobs.push(aJob());

    await loop.run({ log: () => void (loop.stopping = true) });

    expect(reports(loop)).toMatchObject([{ disposition: "release" }]);
    expect(loop.site.writes).toEqual([]);
  });
});

test("the loop goes round with each poll, answered or not, and with each stage of a job", async () => {
  const idle = await aLoop();
  const deaf = await aLoop();
  deaf.worker.faults.push({ kind: "claim", fault: 503 });
  const busy = await aLoop();
  busy.worker.jobs.push(aJob());

  for (const loop of [idle, deaf, busy]) await loop.run();

  const stages = messages(busy).filter((message) => message === "stage").length;
  expect(stages).toBe(6);
  expect([idle, deaf, busy].map(({ turns }) => turns)).toEqual([1, 2, 2 + stages]);
});
