import { describe, expect, test } from "vitest";
import { addressStates, hostFamily, medianMs, stateOf } from "../../agent/family-state.ts";
import { aRound, HUB, type Path } from "../support/a-round.ts";

const seen = (path: Path) => hostFamily(aRound({ paths: { [HUB]: ["ok", path] } }), HUB, "v6");

describe("all tries at one host in one family are one word", () => {
  test.each<[Path, string]>([
    ["ok", "ok"],
    ["slow", "ok"],
    ["no record", "none"],
    ["servfail", "none"],
    ["no route", "none"],
    ["tcp timeout", "pre"],
    ["refused", "pre"],
    ["unreachable", "pre"],
    ["tls stall", "post"],
    ["reset", "post"],
    ["wrong certificate", "post"],
    ["stall and reset", "post"],
    ["http stall", "http"],
    ["503", "http"],
    ["429", "http"],
    ["half stall", "mixed"],
    ["one address stalls", "mixed"],
    ["tls stall, one try cut", "mixed"],
    ["tcp timeout, one try cut", "mixed"],
    ["http stall, one try cut", "mixed"],
    ["all tries cut", "mixed"],
  ])("%s → %s", (path, state) => {
    expect(seen(path).state).toBe(state);
  });

  test("tries that fail before and after TCP differ", () => {
    const both = [...seen("tls stall").readings, ...seen("tcp timeout").readings];

    expect(stateOf(both)).toBe("mixed");
  });

  test("an end that belongs to this agent (failed) is no TLS fault", () => {
    const failed = seen("tls stall").readings.map((r) => ({ ...r, outcome: "failed" }) as const);

    expect(stateOf(failed)).toBe("mixed");
  });

  test("no route for one try and a stall for the others is not `none`", () => {
    const some = [...seen("no route").readings.slice(0, 1), ...seen("tls stall").readings];

    expect(stateOf(some)).toBe("mixed");
  });
});

test("a host that was not asked for has no lookup and no readings", () => {
  expect(hostFamily(aRound(), "elsewhere.example", "v4")).toEqual({
    state: "none",
    lookup: null,
    readings: [],
  });
});

test("each address has its own state", () => {
  expect([...addressStates(seen("one address stalls").readings)]).toEqual([
    ["2600:1f18:2148:bc00::10", "post"],
    ["2600:1f18:2148:bc01::10", "ok"],
  ]);
});

test("the median counts good tries alone", () => {
  expect(medianMs(seen("ok").readings)).toBe(44);
  expect(medianMs(seen("half stall").readings)).toBe(44);
  expect(medianMs(seen("tls stall").readings)).toBeNull();
});
