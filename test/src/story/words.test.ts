// A job in a person's words.
import { expect, test } from "vitest";
import { jobView } from "../../../src/jobs/job-view.ts";
import { Outcome, Stage } from "../../../src/protocol/report.ts";
import { standing, toneOf } from "../../../src/story/words.ts";
import {
  aFinishedJob,
  aLeasedJob,
  anApproval,
  anAwaitingJob,
  aQueuedJob,
} from "../support/a-job.ts";

test.each([
  [aQueuedJob(), "queued"],
  [aQueuedJob({ approval: anApproval() }), "approved, waits for the agent"],
  [aLeasedJob(), "the agent works"],
  [aLeasedJob({ stage: "probe" }), "probes the path"],
  [aLeasedJob({ stage: "probe", cancelBy: "anna" }), "stopping"],
  [anAwaitingJob(), "needs approval"],
  [aFinishedJob(), "gave up"],
  [aFinishedJob({ outcome: "recovered" }), "recovered"],
])("%# stands at %s", (job, words) => {
  expect(standing(jobView(job))).toBe(words);
});

test("each outcome has words and a tone, each stage has words", () => {
  const ended = Outcome.options.map((outcome) => jobView(aFinishedJob({ outcome })));
  const working = Stage.options.map((stage) => jobView(aLeasedJob({ stage })));

  expect(
    Object.fromEntries(ended.map((job) => [job.outcome, `${toneOf(job)}: ${standing(job)}`])),
  ).toEqual({
    recovered: "good: recovered",
    "partly-recovered": "bad: recovered in part",
    "still-failing": "bad: pods still fail",
    "no-better": "bad: did not help, taken back",
    "rule-uncertain": "bad: the rule is uncertain: look at the router",
    observed: "no: observed",
    "stood-down": "no: no action",
    "nothing-failing": "good: nothing fails",
    withdrawn: "good: rule withdrawn",
    healed: "good: the path has healed, rule withdrawn",
    "not-healed": "no: the path has not healed",
    "held-by-person": "no: a person removed the rule",
    "router-failed": "bad: the router failed",
    refused: "no: refused by the agent's policy",
    "plan-changed": "bad: the plan kept changing",
    dismissed: "no: dismissed",
    cancelled: "no: cancelled",
    expired: "bad: nobody took it in time",
    "gave-up": "bad: gave up",
  });
  for (const job of working) expect(standing(job)).toMatch(/^[a-z ]{5,}$/);
});

test("an open job has no tone yet, and one that left the router uncertain is never good", () => {
  expect(toneOf(jobView(aQueuedJob()))).toBe("open");
  const doubt = aFinishedJob({ outcome: "recovered", routerUncertain: true });
  expect(toneOf(jobView(doubt))).toBe("bad");
});

test("an outcome of a newer agent is shown as it is", () => {
  const view = { ...jobView(aFinishedJob()), outcome: "teleported" };

  expect([standing(view), toneOf(view)]).toEqual(["teleported", "no"]);
});
