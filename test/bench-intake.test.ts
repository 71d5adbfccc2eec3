// The comparison of `npm run bench -- intake` in small: its shape, not speed.
import { expect, it } from "vitest";
import { measureIntake, type Compared } from "./bench/intake/intake.ts";

it("compares each body with each peer, a ratio a round", { timeout: 120_000 }, async () => {
  const all: Compared[] = [];

  await measureIntake({ rounds: 2, connections: 2, alertsARound: 20 }, (one) => all.push(one));

  expect(all.map(({ body, peer }) => `${body}: ${peer}`)).toEqual([
    "1 alert(s), new pods: ceiling",
    "1 alert(s), new pods: node:sqlite",
    "1 alert(s), repeated: ceiling",
    "1 alert(s), repeated: node:sqlite",
    "20 alert(s), new pods: ceiling",
    "20 alert(s), new pods: node:sqlite",
    "20 alert(s), repeated: ceiling",
    "20 alert(s), repeated: node:sqlite",
  ]);
  for (const { ratios } of all) {
    expect(ratios).toHaveLength(2);
    for (const ratio of ratios) expect(ratio).toBeGreaterThan(0);
  }
});
