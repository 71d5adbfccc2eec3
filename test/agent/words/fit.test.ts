import { expect, test } from "vitest";
import { evidenceTable } from "../../../agent/words/evidence-table.ts";
import { fitted, painted } from "../../../agent/words/fit.ts";
import { agentCommand } from "../../support/agent-command.ts";
import { aRound, HUB } from "../../support/a-round.ts";

const longest = (text: string): number =>
  Math.max(...text.split("\n").map((line) => line.trimEnd().length));
const FACTS = aRound({ hosts: [HUB], paths: { [HUB]: ["ok", "tls stall"] } });

test.each([60, 120])("help, a plan's words and the evidence fit %i columns", async (columns) => {
  const screen = { columns, colour: false };
  const { out } = await agentCommand(["--help"], {}, { screen });

  expect(longest(out)).toBeLessThanOrEqual(columns);
  expect(longest(evidenceTable(FACTS, columns).join("\n"))).toBeLessThanOrEqual(columns);
});

test("at 60 columns each address has its lines below its host", () => {
  expect(evidenceTable(FACTS, 60).slice(0, 7)).toEqual([
    "registry-1.docker.io (registry)",
    "  IPv4  3/3 ok",
    "    203.0.113.10",
    "    DNS 4 ms, TCP 9 ms, TLS 21 ms, HTTP 401",
    "  IPv6  3/3 timeout (post)",
    "    2600:1f18:2148:bc00::10",
    "    DNS 4 ms, TCP 9 ms, TLS timeout 10.0 s, HTTP –",
  ]);
});

test("a long line goes on below, indented; what is to be pasted stays one line", () => {
  const rule = `  /ipv6 firewall filter add ${"x".repeat(80)}`;

  expect(fitted(`  → one two three four\n${rule}\n`, 14)).toBe(
    `  → one two\n      three\n      four\n${rule}\n`,
  );
});

test("without a terminal lines are as long as they are, and nothing has a colour", async () => {
  const plain = await agentCommand(["plan"]);
  const screen = { columns: 60, colour: true };
  const json = await agentCommand(["plan", "--json"], {}, { screen });

  expect(longest(plain.out)).toBeGreaterThan(100);
  expect(json.out).toBe((await agentCommand(["plan", "--json"])).out);
  expect(plain.out + json.out).not.toContain("\u001b");
});

test("the telling word at the beginning of a line has a colour, no other", () => {
  expect(painted("FAULT    router\nok       Worker\nipv6-tls-stall: so\n  FAULT inside\n")).toBe(
    "\u001b[31mFAULT\u001b[0m    router\n\u001b[32mok\u001b[0m       Worker\n\u001b[31mipv6-tls-stall\u001b[0m: so\n  FAULT inside\n",
  );
});
