import { describe, expect, test } from "vitest";
import { LABELS } from "../../agent/classify.ts";
import { explain } from "../../agent/explain.ts";
import { PROBED_VERDICTS } from "../../agent/verdicts.ts";
import { aPolicy } from "../support/a-policy.ts";
import { aRound, HUB } from "../support/a-round.ts";

const policy = aPolicy();
const stalled = aRound({ paths: { [HUB]: ["ok", "tls stall"] } });

describe("a verdict in words", () => {
  test.each(PROBED_VERDICTS)("%s has a sentence and an advice of its own", (name) => {
    const { sentence, advice } = explain(name, HUB, stalled, policy);

    expect(sentence).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
    expect(sentence).not.toContain("The pods' own messages");
    expect(`${sentence} ${advice}`).not.toMatch(/undefined|null|\[object/);
  });

  test("no two verdicts share a sentence", () => {
    const sentences = PROBED_VERDICTS.map((name) => explain(name, HUB, stalled, policy).sentence);

    expect(new Set(sentences).size).toBe(PROBED_VERDICTS.length);
  });

  test.each(LABELS)("the label %s is named as the pods' own words", (label) => {
    expect(explain(label, HUB, null, policy).sentence).toContain(`say: ${label}.`);
  });

  test("the evidence counts the tries of both families", () => {
    expect(explain("ipv6-tls-stall", HUB, stalled, policy).evidence).toEqual([
      "IPv4: ok (3 × ok)",
      "IPv6: post (6 × timeout after tcp)",
    ]);
  });

  test("the evidence names what DNS said where nothing could be tried", () => {
    const round = aRound({ paths: { [HUB]: ["servfail", "no record"] } });

    expect(explain("dns-failure", HUB, round, policy)).toMatchObject({
      sentence: `${HUB} does not resolve: A failure, AAAA nodata.`,
      evidence: ["IPv4: none (DNS failure)", "IPv6: none (DNS nodata)"],
    });
  });

  test("a registry that is down is named with its status", () => {
    const round = aRound({ paths: { [HUB]: ["503", "503"] } });

    expect(explain("registry-down", HUB, round, policy).sentence).toContain("(HTTP 503)");
    expect(explain("registry-down", HUB, stalled, policy).sentence).toContain("(HTTP 401)");
  });

  test("without a host or a round there is no evidence, and the sentence still stands", () => {
    expect(explain("nothing-failing", null, null, policy)).toEqual({
      host: null,
      name: "nothing-failing",
      sentence: "No pod waits for an image.",
      advice: "Nothing to do; the alert will end by itself.",
      evidence: [],
    });
  });
});
