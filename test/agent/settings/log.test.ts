import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const PROGRAM = `
import { openLog } from "./agent/settings/log.ts";
const log = openLog(process.argv[1], { text: (text) => text, value: (value) => value });
log("stage", { ms: 1 });
log("readings", { round: {} });
log("poll answered", { ms: 2 });
log("claim failed", { error: "so" });
`;

test.each([
  ["debug", ["info stage", "debug readings", "debug poll answered", "warn claim failed"]],
  ["info", ["info stage", "warn claim failed"]],
])("LOG_LEVEL=%s shows %j", (level, lines) => {
  const words = ["--input-type=module", "--eval", PROGRAM, level];
  const { stdout } = spawnSync(process.execPath, words, { encoding: "utf8" });

  const said = stdout.trim().split("\n");
  expect(said.map((line) => JSON.parse(line)).map(({ level: at, msg }) => `${at} ${msg}`)).toEqual(
    lines,
  );
});
