// Lines for the RouterOS console: what must be quoted is quoted, and nothing else.
import { expect, test } from "vitest";
import { ruleFor } from "../../../agent/plan/plan.ts";
import {
  moveFirstAsConsole,
  undoAsConsole,
  undoEntriesAsConsole,
} from "../../../agent/words/undo-as-console.ts";
import { ruleAsConsole, wordOf } from "../../../src/shown/rule-as-console.ts";
import { aPolicy } from "../../support/a-policy.ts";

const rule = ruleFor(aPolicy());

test("the rule is one line, before the first static row", () => {
  expect(ruleAsConsole(rule)).toBe(
    '/ipv6 firewall filter add chain=forward action=reject reject-with=icmp-address-unreachable dst-address=2600:1f18::/32 protocol=tcp dst-port=443 comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]" place-before=[:pick [find where dynamic=no] 0]',
  );
});

test.each([
  ["plain-word", "plain-word"],
  ["2600:1f18::/32", "2600:1f18::/32"],
  ["syn,!ack", "syn,!ack"],
  ["two words", '"two words"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["$variable?", '"\\$variable\\?"'],
  ["ü\n", '"\\C3\\BC\\0A"'],
  ["", '""'],
])("%j is written %s", (value, written) => {
  expect(wordOf(value)).toBe(written);
});

test("removing and moving find the rule by its exact comment", () => {
  const hostile = { ...rule, comment: 'x" ; /system reboot; "' };

  for (const line of [undoAsConsole(hostile), moveFirstAsConsole(hostile)])
    expect(line).toContain('[find where comment="x\\" ; /system reboot; \\""]');
});

test("entries are removed by list and comment", () => {
  expect(undoEntriesAsConsole({ list: "backon-block-v6" })).toBe(
    '/ipv6 firewall address-list remove [find where list=backon-block-v6 comment="Docker Hub IPv6 is broken here; goes by itself [backon]"]',
  );
});
