import { expect, test } from "vitest";
import { reportOf } from "../../../agent/loop/report.ts";
import { finish, NOTHING_FOUND } from "../../../agent/plan/stop.ts";
import { Report } from "../../../src/protocol/report.ts";
import { aSite } from "../../support/a-site.ts";
import { aWorld } from "../../support/a-world.ts";

const reportWith = (error: string): Report =>
  reportOf(
    finish(NOTHING_FOUND, { outcome: "stood-down", summary: "Nothing fails.", error }),
    aWorld(aSite()),
  );

test("an error's text is cut at 4,000 characters, which is what the Worker accepts", () => {
  const report = reportWith("x".repeat(5_000));

  expect(report.error).toBe("x".repeat(4_000));
  expect(Report.safeParse(report).success).toBe(true);
});

test("a shorter error is told whole", () => {
  expect(reportWith("the router did not answer").error).toBe("the router did not answer");
});
