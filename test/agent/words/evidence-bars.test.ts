// The evidence as bars for a terminal.
import { expect, test } from "vitest";
import { evidenceBars } from "../../../agent/words/evidence-bars.ts";
import { aRound, HUB } from "../../support/a-round.ts";

const STALL = aRound({ paths: { [HUB]: ["ok", "tls stall"] }, hosts: [HUB] });

test("a stall fills the line with its mark, a healthy path is short, and the legend says what is what", () => {
  expect(evidenceBars(STALL, 80)).toEqual([
    "registry-1.docker.io IPv4  ·░▒█                                      48 ms",
    "registry-1.docker.io IPv6  ·░××××××××××××××××××××××××××××××××××××××  TLS timeout",
    "· DNS  ░ TCP  ▒ TLS  █ HTTP  × failed",
  ]);
});

test.each([40, 50, 60, 80, 120, 300])("no line is longer than %i columns", (columns) => {
  const lines = evidenceBars(STALL, columns);

  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  expect(lines.length).toBe(columns < 50 ? 0 : 3);
});

test("without paths there is nothing to draw", () => {
  expect(evidenceBars(aRound({ hosts: [] }), 80)).toEqual([]);
});
