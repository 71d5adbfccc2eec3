import { expect, test } from "vitest";
import { fitReport } from "../../agent/fit-report.ts";
import { REPORT_LIMIT_BYTES } from "../../src/protocol/calls.ts";
import { Report } from "../../src/protocol/report.ts";
import { aSite } from "../support/a-site.ts";
import { run } from "../support/a-world.ts";

const { report } = await run(aSite());
const [round] = report.rounds;
const [pod] = report.pods;
if (round === undefined || pod === undefined) throw new Error("the report has a round and a pod");

const bytes = (one: Report): number => Buffer.byteLength(JSON.stringify(one));
const pods = (count: number, detail = "x".repeat(300)) =>
  Array.from({ length: count }, (_, index) => ({ ...pod, uid: `pod-${index}`, detail }));

test("a report of the usual size stays as it is", () => {
  expect(fitReport(report)).toBe(report);
});

test("earlier rounds go first, and the summary says so", () => {
  const second = { ...round, at: round.at + 60_000 };
  const large = { ...report, rounds: [...Array<typeof round>(60).fill(round), second] };
  expect(bytes(large)).toBeGreaterThan(REPORT_LIMIT_BYTES);

  const fitted = fitReport(large);

  expect(fitted.rounds).toEqual([second]);
  expect(fitted.pods).toEqual(report.pods);
  expect(fitted.summary).toBe(`${report.summary} (Earlier rounds are cut.)`);
});

test("then pods, from the end, until it fits; verdict, plan and actions are never cut", () => {
  const large = { ...report, pods: pods(2_000) };

  const fitted = fitReport(large);

  expect(bytes(fitted)).toBeLessThan(REPORT_LIMIT_BYTES - 8_000);
  expect(fitted.pods.length).toBeGreaterThan(100);
  expect(fitted.pods).toEqual(large.pods.slice(0, fitted.pods.length));
  expect(fitted.summary).toContain(`and ${2_000 - fitted.pods.length} pods are cut.`);
  expect(fitted).toMatchObject({
    verdict: report.verdict,
    verdicts: report.verdicts,
    plan: report.plan,
    actions: report.actions,
    outcome: "recovered",
  });
});

test("letters that take several bytes are counted as bytes", () => {
  expect(bytes(fitReport({ ...report, pods: pods(400, "ü€".repeat(150)) }))).toBeLessThan(
    REPORT_LIMIT_BYTES,
  );
});

test("what was cut is still a report that the Worker accepts", () => {
  expect(Report.safeParse(fitReport({ ...report, pods: pods(2_000) })).success).toBe(true);
});
