import { expect, test } from "vitest";
import { fitReport } from "../../../agent/loop/fit-report.ts";
import { REPORT_LIMIT_BYTES } from "../../../src/protocol/calls.ts";
import { Report } from "../../../src/protocol/report.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";

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

test("pods that were left alone are cut before those that were restarted", () => {
  const left = pods(2_000).map((one) => ({ ...one, decision: "leave" as const }));

  const fitted = fitReport({ ...report, pods: [...left, { ...pod, uid: "restarted" }] });

  expect(fitted.pods[0]).toMatchObject({ uid: "restarted" });
});

test("letters that take several bytes are counted as bytes", () => {
  expect(bytes(fitReport({ ...report, pods: pods(400, "ü€".repeat(150)) }))).toBeLessThan(
    REPORT_LIMIT_BYTES,
  );
});

test("what was cut is still a report that the Worker accepts", () => {
  expect(Report.safeParse(fitReport({ ...report, pods: pods(2_000) })).success).toBe(true);
});

const hosts = Array.from({ length: 100 }, (_, index) => `registry-${index}.example`);
const verdicts = hosts.map((host) => ({
  ...(report.verdicts[0] ?? { host, name: "inconclusive", sentence: "", advice: "" }),
  host,
  evidence: Array.from({ length: 18 }, () => "2600:1f18::10: TCP 9 ms, then no TLS in 10 s"),
}));
const wide = {
  ...round,
  lookups: hosts.flatMap((host) => round.lookups.slice(0, 2).map((one) => ({ ...one, host }))),
  readings: hosts.flatMap((host) =>
    Array.from({ length: 18 }, (_, index) => ({
      ...round.readings[index % round.readings.length],
      host,
    })),
  ) as Report["after"],
};
const actions = (count: number, detail: string) =>
  Array.from({ length: count }, (_, at) => ({
    at,
    ms: 1,
    what: "evict pod",
    on: `shop/web-${at}`,
    ok: false,
    detail,
  }));

test.each<[string, Partial<Report>]>([
  ["100 hosts × 18 readings", { rounds: [wide], verdicts }],
  ["1,000 pods", { pods: pods(1_000) }],
  ["both, twice", { rounds: [wide, wide], verdicts, pods: pods(1_000), after: wide.readings }],
  ["a summary of 300,000 letters", { summary: "ü".repeat(300_000) }],
  ["500 actions with long details", { actions: actions(500, "x".repeat(2_000)) }],
  [
    "100 verdicts with long evidence",
    {
      verdicts: verdicts.map((one) => ({ ...one, evidence: ["y".repeat(20_000)] })),
    },
  ],
])("%s end under the limit, as a report that the Worker accepts", (_what, changes) => {
  const fitted = fitReport({ ...report, ...changes });

  expect(bytes(fitted)).toBeLessThan(REPORT_LIMIT_BYTES);
  expect(Report.safeParse(fitted).success).toBe(true);
  expect(fitted).toMatchObject({ outcome: "recovered", verdict: report.verdict });
  expect(fitted.summary).toContain("cut");
});

test("of a report that is still too large the newest 200 actions are kept, and 50 verdicts", () => {
  const fitted = fitReport({ ...report, verdicts, actions: actions(500, "x".repeat(2_000)) });

  expect(fitted.actions.map(({ at }) => at)).toEqual(
    Array.from({ length: 200 }, (_, n) => n + 300),
  );
  expect(new Set(fitted.actions.map(({ detail }) => detail))).toEqual(new Set(["x".repeat(100)]));
  expect(fitted.verdicts.map(({ host }) => host)).toEqual(hosts.slice(0, 50));
});
