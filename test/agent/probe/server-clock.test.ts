import { expect, test } from "vitest";
import { aheadIn } from "../../../agent/probe/server-clock.ts";

const NOW = Date.UTC(2026, 10, 23);

test.each([
  ["Mon, 23 Nov 2026 00:00:01 GMT", NOW, { serverAheadMs: 1_000 }],
  ["Sun, 22 Nov 2026 23:50:00 GMT", NOW, { serverAheadMs: -600_000 }],
  ["Mon, 23 Nov 2026 00:00:00 GMT", 0, { serverAheadMs: NOW }],
  ["Wed, 01 Jan 1800 00:00:00 GMT", NOW, {}],
  ["Fri, 31 Dec 9999 23:59:59 GMT", NOW, {}],
  ["+275760-09-13T00:00:00Z", NOW, {}],
  ["-271821-04-20T00:00:00Z", NOW, {}],
  ["soon", NOW, {}],
  ["", NOW, {}],
  [undefined, NOW, {}],
])("Date: %s", (date, now, ahead) => {
  expect(aheadIn(date, now)).toEqual(ahead);
});
