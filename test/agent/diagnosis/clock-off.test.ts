import { expect, test } from "vitest";
import { clockOff } from "../../../agent/diagnosis/clock-off.ts";
import type { Round } from "../../../src/protocol/round.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aRound } from "../../support/a-round.ts";

const MINUTE = 60_000;

/** A round in which each host showed a clock that is so many ms ahead, in each of three tries. */
function seen(ahead: readonly number[]): Round {
  const round = aRound();
  const [one] = round.readings;
  if (one === undefined) throw new Error("the round has no reading");
  const readings = ahead.flatMap((serverAheadMs, index) =>
    [1, 2, 3].map((number) => ({ ...one, host: `h${index}.example`, try: number, serverAheadMs })),
  );
  return { ...round, readings };
}

test.each<[string, number[], ReturnType<typeof clockOff>]>([
  ["all agree with this node", [0, 900, -900], null],
  ["five minutes are allowed", [5 * MINUTE, -5 * MINUTE], null],
  [
    "all are an hour ahead",
    [60 * MINUTE, 60 * MINUTE + 5, 60 * MINUTE + 9],
    { serversAheadMs: 60 * MINUTE + 5, hosts: 3, of: 3 },
  ],
  ["one server has a wrong clock", [60 * MINUTE, 0, 0], null],
  ["half of them do", [60 * MINUTE, 0], null],
  ["the only one there is", [-60 * MINUTE], { serversAheadMs: -60 * MINUTE, hosts: 1, of: 1 }],
  ["nobody showed a clock", [], null],
])("%s: servers ahead by %j ms", (_case, ahead, expected) => {
  const ipv6Controls = ahead.map((_, index) => `h${index}.example`);

  expect(clockOff(seen(ahead), aPolicy({ ipv6Controls }))).toEqual(expected);
});

test("hosts that only an image names have no vote, be they ever so many or alone", () => {
  const honest = aRound().readings;
  const images = seen(Array<number>(20).fill(60 * MINUTE));

  const readings = [...honest, ...images.readings];
  expect(clockOff({ ...images, readings }, aPolicy())).toBeNull();
  expect(clockOff(images, aPolicy())).toBeNull();
});
