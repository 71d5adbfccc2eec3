// The marker is renewed beside the jobs.
import { expect, test } from "vitest";
import { keepMarking } from "../../../agent/loop/keep-marker.ts";
import type { Result } from "../../../agent/ports/result.ts";

/** What is logged in one turn that ends like this. */
async function oneTurn(keepMarker: () => Promise<Result<boolean>>): Promise<unknown[]> {
  const stopped = new AbortController();
  const logged: unknown[] = [];
  const turn = async () => {
    // Ends the pause after this turn, not the turn.
    setImmediate(() => stopped.abort());
    return keepMarker();
  };
  const log = (message: string, facts: object) => void logged.push([message, facts]);
  await keepMarking({ keepMarker: turn }, log, stopped.signal);
  return logged;
}

test("at once, and without a word where it went well", async () => {
  let turns = 0;
  const logged = await oneTurn(async () => ({ ok: true, value: ++turns > 0 }));
  expect([turns, logged]).toEqual([1, []]);
});

test("what failed is logged", async () => {
  const error = { next: "retry", uncertain: false, message: "401" } as const;
  expect(await oneTurn(async () => ({ ok: false, error }))).toEqual([
    ["marker not renewed", { error: "401" }],
  ]);
});

test("what broke is logged", async () => {
  const logged = await oneTurn(() => Promise.reject(new Error("broke")));
  expect(JSON.stringify(logged)).toContain("broke");
});

test("a router that knows one cluster only is left alone", async () => {
  await keepMarking({}, () => expect.unreachable(), new AbortController().signal);
});
