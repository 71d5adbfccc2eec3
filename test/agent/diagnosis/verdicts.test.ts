import { describe, expect, test } from "vitest";
import { LABELS } from "../../../agent/classify/classify.ts";
import {
  followUp,
  gravest,
  PROBED_VERDICTS,
  UNPROBED_VERDICTS,
  type VerdictName,
} from "../../../agent/diagnosis/verdicts.ts";

const ALL: readonly VerdictName[] = [...PROBED_VERDICTS, ...LABELS, ...UNPROBED_VERDICTS];

function thatLead(to: string, stopGap: "ask" | "never" | "allow"): VerdictName[] {
  return ALL.filter((name) => followUp(name, stopGap) === to);
}

describe("the closed list of what a verdict allows", () => {
  const rule = ["ipv6-tls-stall", "ipv6-tls-reset", "ipv6-wrong-certificate"];

  test.each([
    ["ask", rule, ["path-mtu", "ipv6-stall-everywhere", "ipv6-partial", "ipv6-http-fault"]],
    ["never", rule, ["ipv6-partial", "ipv6-http-fault"]],
    ["allow", [...rule, "path-mtu", "ipv6-stall-everywhere"], ["ipv6-partial", "ipv6-http-fault"]],
  ] as const)("STOP_GAP=%s: a rule for %j, a question for %j", (stopGap, ruled, asked) => {
    expect(thatLead("rule", stopGap)).toEqual(ruled);
    expect(thatLead("ask", stopGap)).toEqual(asked);
    expect(thatLead("restart", stopGap)).toEqual(["rule-active", "healthy-now"]);
    expect(thatLead("withdraw", stopGap)).toEqual(["ipv4-lost"]);
  });
});

describe("the gravest verdict names the job", () => {
  test.each<[VerdictName[], VerdictName]>([
    [["healthy-now", "ipv6-tls-stall"], "ipv6-tls-stall"],
    [["ipv6-tls-stall", "ipv4-lost"], "ipv4-lost"],
    [["image.not_found", "ipv6-tls-reset"], "ipv6-tls-reset"],
    [["image.not_found", "rule-active"], "rule-active"],
    [["image.not_found", "healthy-now"], "image.not_found"],
    [["healthy-now", "healthy-now"], "healthy-now"],
    [["nothing-failing", "healthy-now"], "healthy-now"],
    [[], "nothing-failing"],
  ])("%j → %s", (names, name) => {
    expect(gravest(names)).toBe(name);
  });
});
