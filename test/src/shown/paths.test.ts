// A round of probes as paths: how far each got, and where it failed.
import { expect, test } from "vitest";
import type { Lookup, Reading, Round } from "../../../src/protocol/round.ts";
import { pathsOf } from "../../../src/shown/paths.ts";

const AT = { host: "registry-1.docker.io", role: "registry", family: "v6" } as const;
const LOOKUP: Lookup = { ...AT, source: "dns", outcome: "answer", addresses: [], ms: 3 };

function aRound(lookups: readonly Lookup[], readings: readonly Reading[]): Round {
  return {
    at: 0,
    ms: 0,
    lookups: [...lookups],
    readings: [...readings],
    smallHello: [],
    quota: { state: "unlimited" },
    lookedFrom: { node: null, sources: { v4: null, v6: null }, resolvers: [] },
  };
}

function aTry(
  reached: Reading["reached"],
  outcome: Reading["outcome"],
  ms: Reading["ms"],
): Reading {
  return { ...AT, address: "2001:db8::1", try: 1, reached, outcome, ms };
}

const OK = aTry("http", "ok", { tcp: 8, tls: 20, http: 30 });
const SLOW = aTry("http", "ok", { tcp: 80, tls: 200, http: 300 });
const STALL = aTry("tcp", "timeout", { tcp: 8, tls: 10_000 });
const RESET = aTry("tcp", "reset", { tcp: 9, tls: 12 });
const REFUSED = aTry("nothing", "refused", { tcp: 1 });
const NO_ROUTE = aTry("nothing", "no-route", {});
const ODD = { ...aTry("http", "http-status", { tcp: 8, tls: 20, http: 30 }), status: 503 };
const SILENT = aTry("tls", "timeout", { tcp: 8, tls: 20, http: 5_000 });

/** `dns 3, tcp 8, tls 10000 timeout | 3 × timeout after TCP` */
function told(readings: readonly Reading[], lookup: Partial<Lookup> = {}): string {
  const [path] = pathsOf(aRound([{ ...LOOKUP, ...lookup }], readings), 10);
  const stages = path?.stages.map(({ name, ms, failed }) =>
    [name, ms, failed ?? []].flat().join(" "),
  );
  return `${stages?.join(", ")} | ${path?.ended}`;
}

test.each<[string, readonly Reading[], string]>([
  ["healthy", [OK, OK, SLOW], "dns 3, tcp 8, tls 20, http 30 | 3 × ok"],
  ["a stall", [STALL, STALL, STALL], "dns 3, tcp 8, tls 10000 timeout | 3 × timeout after TCP"],
  ["a reset", [RESET, RESET, RESET], "dns 3, tcp 9, tls 12 reset | 3 × reset after TCP"],
  ["refused", [REFUSED, REFUSED], "dns 3, tcp 1 refused | 2 × refused before TCP"],
  ["no route", [NO_ROUTE], "dns 3, tcp 0 no-route | 1 × no-route before TCP"],
  [
    "a wrong status",
    [ODD, ODD],
    "dns 3, tcp 8, tls 20, http 30 http-status | 2 × http-status 503 after HTTP",
  ],
  ["a silent server", [SILENT], "dns 3, tcp 8, tls 20, http 5000 timeout | 1 × timeout after TLS"],
  [
    "one of three stalled",
    [OK, STALL, OK],
    "dns 3, tcp 8, tls 20, http 30 | 2 × ok, 1 × timeout after TCP",
  ],
  [
    "two of three stalled: the path ends there",
    [OK, STALL, STALL],
    "dns 3, tcp 8, tls 10000 timeout | 1 × ok, 2 × timeout after TCP",
  ],
  ["no tries", [], "dns 3 | –"],
])("%s", (_, readings, expected) => {
  expect(told(readings)).toBe(expected);
});

test("a host without an address in a family has no fault in it", () => {
  expect(told([], { outcome: "nodata" })).toBe("dns 3 | no address");
});

test("a name that was not found is a fault of DNS", () => {
  expect(told([], { outcome: "timeout", ms: 5_000 })).toBe("dns 5000 timeout | –");
});

test("tries of another host or family are not this path's", () => {
  const others = [
    { ...OK, family: "v4" } as const,
    { ...OK, host: "registry-1.docker.io v6" },
    { ...OK, host: "auth.docker.io" },
  ];

  expect(told([...others, STALL])).toBe("dns 3, tcp 8, tls 10000 timeout | 1 × timeout after TCP");
});

test("the first paths are told, in the order of the lookups", () => {
  const lookups = ["b.example", "a.example", "c.example"].map((host) => ({ ...LOOKUP, host }));

  expect(pathsOf(aRound(lookups, []), 2).map(({ host }) => host)).toEqual([
    "b.example",
    "a.example",
  ]);
});
