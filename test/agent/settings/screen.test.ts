import { expect, test } from "vitest";
import { screenOf } from "../../../agent/settings/screen.ts";

const TERMINAL = { isTTY: true, columns: 60 };

test.each([
  [{}, TERMINAL, { columns: 60, colour: true }],
  [{ NO_COLOR: "1" }, TERMINAL, { columns: 60, colour: false }],
  [{ TERM: "dumb" }, TERMINAL, { columns: 60, colour: false }],
  [{}, { isTTY: true }, { columns: 80, colour: true }],
  [{}, { columns: 60 }, { columns: null, colour: false }],
])("%j on %j", (env, stream, screen) => {
  expect(screenOf(env, stream)).toEqual(screen);
});
