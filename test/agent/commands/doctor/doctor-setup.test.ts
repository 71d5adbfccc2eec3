// The commands that `doctor` ends with: those of deploy/router, filled in for one configuration.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ruleFor } from "../../../../agent/plan/plan.ts";
import { ruleAsConsole } from "../../../../src/shown/rule-as-console.ts";
import {
  setupAsConsole,
  type RouterSetup,
} from "../../../../agent/commands/doctor/setup-as-console.ts";
import { aPolicy } from "../../../support/a-policy.ts";

const scriptOf = (name: string): string[] =>
  readFileSync(new URL(`../../../../deploy/router/${name}`, import.meta.url), "utf8").split("\n");

const setup: RouterSetup = {
  host: "192.0.2.1",
  port: 443,
  user: "backon",
  source: "192.0.2.10",
  rule: ruleFor(aPolicy()),
  list: null,
};
const commandsIn = (lines: readonly string[]): string[] =>
  lines.filter((line) => /^[/:](?!local|if)/.test(line));

test("with the script's own values they are the lines of setup.rsc", () => {
  const script = scriptOf("setup.rsc").map((line) =>
    line
      .replaceAll('"IP:$routerAddress"', '"IP:192.0.2.1"')
      .replaceAll("$routerAddress", "192.0.2.1")
      .replaceAll("$agentAddresses", "192.0.2.10/32"),
  );

  const { install } = setupAsConsole(setup);

  expect(commandsIn(install)).toEqual(commandsIn(script));
});

test("what removes them is remove.rsc", () => {
  const users = (lines: readonly string[]): string[] =>
    commandsIn(lines).filter((line) => !line.includes("firewall"));

  const { remove } = setupAsConsole(setup);

  expect(users(remove)).toEqual(users(scriptOf("remove.rsc")));
  expect(remove.join("\n")).toMatch(/^\/ipv6 firewall filter remove \[find where comment=/m);
});

describe("they follow the configuration", () => {
  test("a name and another port are those of ROUTER_URL", () => {
    const text = setupAsConsole({ ...setup, host: "router.lan", port: 8443 }).install.join("\n");

    expect(text).toContain('common-name=router.lan subject-alt-name="DNS:router.lan"');
    expect(text).toMatch(/set www-ssl .* port=8443$/m);
  });

  test("an IPv6 source is one address", () => {
    const text = setupAsConsole({ ...setup, source: "2001:db8::7" }).install.join("\n");

    expect(text).toContain("address=2001:db8::7/128");
  });

  test("the user is ROUTER_USER, quoted where it must be", () => {
    const { install, remove } = setupAsConsole({ ...setup, user: "my agent$" });

    expect(install.join("\n")).toContain('/user/add name="my agent\\$" group=backon');
    expect(remove.join("\n")).toContain('/user/remove [find name="my agent\\$"]');
  });

  test("the group has exactly the four policies", () => {
    const policies = /policy=(\S+)/.exec(setupAsConsole(setup).install.join("\n"))?.[1];

    expect(policies?.split(",").toSorted()).toEqual(["api", "read", "rest-api", "write"]);
  });

  test("the rule is a comment: pasting all of it blocks nothing", () => {
    const { install } = setupAsConsole(setup);

    expect(install).toContain(`# ${ruleAsConsole(setup.rule)}`);
    expect(commandsIn(install).join("\n")).not.toContain("firewall");
  });

  test("with a list the removal takes our entries with it", () => {
    const rule = ruleFor(aPolicy({ profile: "address-list" }));

    const { install, remove } = setupAsConsole({ ...setup, rule, list: "backon-block-v6" });

    expect(install.join("\n")).toContain("It does nothing while its list is empty.");
    expect(remove.join("\n")).toContain("/ipv6 firewall address-list remove [find where list=");
  });
});

test("the password is left to a person, and a short one stops everything", () => {
  const text = setupAsConsole(setup).install.join("\n");

  expect(text).toContain(':local agentPassword "REPLACE"');
  expect(text).toMatch(/^:if \(\[:len \$agentPassword\] < 32\) do=\{ :error /m);
});
