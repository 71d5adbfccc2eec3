import { describe, expect, test } from "vitest";
import { evidenceTable, quotaInWords } from "../../../agent/words/evidence-table.ts";
import { aRound, GHCR, HUB, type Path } from "../../support/a-round.ts";

const rows = (v4: Path, v6: Path): string[] =>
  evidenceTable(aRound({ hosts: [HUB], paths: { [HUB]: [v4, v6] } }));

test("a line for each address, with medians and where the tries ended", () => {
  expect(rows("ok", "tls stall")).toEqual([
    "host                  role      family      address                  DNS   TCP   TLS             HTTP  tries",
    "registry-1.docker.io  registry  IPv4        203.0.113.10             4 ms  9 ms  21 ms           401   3/3 ok",
    "registry-1.docker.io  registry  IPv6        2600:1f18:2148:bc00::10  4 ms  9 ms  timeout 10.0 s  –     3/3 timeout (post)",
    "registry-1.docker.io  registry  IPv6 small  2600:1f18:2148:bc00::10        9 ms  timeout 10.0 s  –     1/1 timeout (post)",
    "registry-1.docker.io  registry  IPv6        2600:1f18:2148:bc01::10  4 ms  9 ms  timeout 10.0 s  –     3/3 timeout (post)",
    "registry-1.docker.io  registry  IPv6 small  2600:1f18:2148:bc01::10        9 ms  timeout 10.0 s  –     1/1 timeout (post)",
  ]);
});

test("the small ClientHello has a line of its own only where the usual one fails", () => {
  expect(rows("ok", "large hello stall")[3]).toMatch(/IPv6 small .* 9 ms +21 ms +401 +1\/1 ok$/);
  expect(rows("ok", "ok").filter((row) => row.includes("small"))).toEqual([]);
});

describe("a line ends as its tries did", () => {
  test.each<[Path, RegExp]>([
    ["tcp timeout", /timeout 5\.0 s +– +– +3\/3 timeout \(pre\)$/],
    ["http stall", /20 ms +timeout 10\.0 s +3\/3 timeout \(http\)$/],
    ["503", /21 ms +503 +3\/3 http-status \(http\)$/],
    ["half stall", /2\/3 timeout \(mixed\)$/],
    ["no record", /– +nodata +– +– +– +none$/],
    ["dns timeout", /– +timeout +– +– +– +none$/],
  ])("%s", (v6, line) => {
    expect(rows("ok", v6)[2]).toMatch(line);
  });
});

test("no line ends with blanks, and none has a colour", () => {
  const lines = evidenceTable(aRound({ paths: { [GHCR]: ["ok", "no record"] } }));

  expect(lines.filter((line) => line !== line.trimEnd() || line.includes("\u001B"))).toEqual([]);
});

test.each([
  [{ state: "unknown", why: "no answer" }, "not known (no answer)"],
  [{ state: "unlimited" }, "no limit"],
  [{ state: "left", left: 7 }, "7 left"],
  [{ state: "left", left: 7, limit: 100 }, "7 left of 100"],
  [{ state: "exhausted" }, "used up"],
] as const)("the quota %j is “%s”", (quota, words) => {
  expect(quotaInWords(aRound({ quota }))).toBe(words);
});
