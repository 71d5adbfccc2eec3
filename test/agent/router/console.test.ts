import { expect, test } from "vitest";
import { undoAsConsole } from "../../../agent/words/undo-as-console.ts";
import { ruleAsConsole } from "../../../src/shown/rule-as-console.ts";
import { rule } from "./router-world.ts";

test("the rule is one console line, placed before the first static rule", () => {
  expect(ruleAsConsole(rule)).toBe(
    '/ipv6 firewall filter add chain=forward action=reject reject-with=icmp-address-unreachable dst-address=2600:1f18::/32 protocol=tcp dst-port=443 comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]" place-before=[:pick [find where dynamic=no] 0]',
  );
});

test("flags are part of it where only new connections are meant", () => {
  expect(ruleAsConsole({ ...rule, "tcp-flags": "syn,!ack" })).toContain(" tcp-flags=syn,!ack ");
});

test("a comment can't break out of its quotes", () => {
  const comment = 'say "hi" to $user\\? [backon]\n\u00e9';
  expect(ruleAsConsole({ ...rule, comment })).toContain(
    String.raw`comment="say \"hi\" to \$user\\\? [backon]\0A\C3\A9" place-before=`,
  );
});

test("the undo line removes what has exactly this comment", () => {
  expect(undoAsConsole(rule)).toBe(
    '/ipv6 firewall filter remove [find where comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]"]',
  );
});
