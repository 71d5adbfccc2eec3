import { describe, expect, test } from "vitest";
import {
  addressStates,
  hostFamily,
  medianMs,
  stateOf,
} from "../../../agent/diagnosis/family-state.ts";
import { aRound, HUB, type Path } from "../../support/a-round.ts";

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
    ["tls stall, one try cut", "post"],
    ["tls stall, two tries cut", "mixed"],
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

  test.each<[string, readonly (readonly [Path, number])[], string]>([
    [
      "two good tries and one that was cut",
      [
        ["ok", 2],
        ["all tries cut", 1],
      ],
      "mixed",
    ],
    [
      "two HTTP stalls and one that was cut",
      [
        ["http stall", 2],
        ["all tries cut", 1],
      ],
      "mixed",
    ],
    [
      "two tries before TCP and one that was cut",
      [
        ["tcp timeout", 2],
        ["all tries cut", 1],
      ],
      "mixed",
    ],
    [
      "two resets and one that was cut",
      [
        ["reset", 2],
        ["all tries cut", 1],
      ],
      "post",
    ],
    [
      "a reset, a stall and one that was cut",
      [
        ["reset", 1],
        ["tls stall", 1],
        ["all tries cut", 1],
      ],
      "post",
    ],
    [
      "a stall, an answer and one that was cut",
      [
        ["tls stall", 1],
        ["ok", 1],
        ["all tries cut", 1],
      ],
      "mixed",
    ],
  ])(
    "%s: a cut try takes nothing from two whole stalls, and adds nothing else",
    (_what, tries, state) => {
      const one = seen("ok").readings[0]?.address;
      const readings = tries.flatMap(([path, count]) =>
        seen(path)
          .readings.filter(({ address }) => address === one)
          .slice(0, count),
      );

      expect(stateOf(readings)).toBe(state);
    },
  );

  test("a try that was cut before TCP was up is no stall", () => {
    const readings = seen("tls stall, one try cut").readings.map((r) =>
      r.outcome === "unknown" ? ({ ...r, reached: "nothing" } as const) : r,
    );

    expect(stateOf(readings)).toBe("mixed");
  });

  test("two whole tries are needed at each address", () => {
    const [first, second] = [seen("tls stall").readings, seen("tls stall, two tries cut").readings];
    const at = first[0]?.address;
    const readings = [
      ...first.filter(({ address }) => address === at),
      ...second.filter(({ address }) => address !== at),
    ];

    expect(stateOf(readings)).toBe("mixed");
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
