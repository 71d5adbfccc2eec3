// Rounds of probes for tests, written as "IPv4 word, IPv6 word" a host; the readings behind a word
// look like those that the probe takes from a path with that fault.
import type { Family, Lookup, Quota, Reading, Role, Round } from "../../src/protocol/round.ts";
import { PLACES } from "../../sim/network/places.ts";

/** The present of most tests, ms since the epoch. */
export const NOW = 1_800_000_000_000;
export const HUB = "registry-1.docker.io";
export const TOKEN = "auth.docker.io";
export const BLOB = "production.cloudflare.docker.com";
export const CONTROLS = ["registry.k8s.io", "one.one.one.one"] as const;
export const GHCR = "ghcr.io";

type Try = Pick<Reading, "reached" | "outcome" | "ms"> & {
  readonly status?: number;
  readonly serverAheadMs?: number;
};

const ok: Try = {
  reached: "http",
  outcome: "ok",
  status: 401,
  serverAheadMs: -400,
  ms: { tcp: 9, tls: 21, http: 14 },
};
const stall: Try = { reached: "tcp", outcome: "timeout", ms: { tcp: 9, tls: 10_000 } };
const cut: Try = { reached: "tcp", outcome: "unknown", ms: { tcp: 9, tls: 700 } };
const slowOk: Try = { ...ok, ms: { tcp: 2_400, tls: 4_800, http: 2_400 } };
/** On its way when the round ended. */
const slowCut: Try = { reached: "tcp", outcome: "unknown", ms: { tcp: 2_400, tls: 8_600 } };
const noSyn: Try = { reached: "nothing", outcome: "timeout", ms: { tcp: 5_000 } };
const noWay: Try = { reached: "nothing", outcome: "unreachable", ms: { tcp: 2 } };
const noReply: Try = { reached: "tls", outcome: "timeout", ms: { tcp: 9, tls: 20, http: 10_000 } };
const answered = (status: number): Try => ({ ...ok, outcome: "http-status", status });

/** The three tries at each address. */
const TRIES = {
  ok: [ok, ok, ok],
  slow: [ok, ok, ok].map((good) => ({ ...good, ms: { tcp: 400, tls: 900, http: 700 } })),
  "stalls that end": [ok, ok, ok].map((good) => ({
    ...good,
    ms: { tcp: 9, tls: 6_000, http: 14 },
  })),
  "tls stall": [stall, stall, stall],
  "tls stall, one try cut": [stall, stall, cut],
  "tls stall, two tries cut": [stall, cut, cut],
  "cut on a slow link": [slowCut, slowCut, slowCut],
  "slow link": [slowOk, slowOk, slowOk],
  "slow link, one try cut": [slowOk, slowOk, slowCut],
  "slow link, one stalls, one cut": [
    slowOk,
    { reached: "tcp", outcome: "timeout", ms: { tcp: 2_400, tls: 10_000 } },
    slowCut,
  ],
  /** TLS takes two round trips; this one had time for nine. */
  "stood still until it was cut": [
    slowOk,
    slowOk,
    { reached: "tcp", outcome: "unknown", ms: { tcp: 1_000, tls: 9_400 } },
  ],
  "all tries cut": [cut, cut, cut],
  "half stall": [stall, ok, stall],
  reset: Array<Try>(3).fill({ reached: "tcp", outcome: "reset", ms: { tcp: 9, tls: 12 } }),
  "wrong certificate": Array<Try>(3).fill({
    reached: "tcp",
    outcome: "certificate",
    ms: { tcp: 9, tls: 20 },
  }),
  "clock a year behind": Array<Try>(3).fill({
    reached: "tcp",
    outcome: "certificate",
    serverAheadMs: 365 * 86_400_000,
    ms: { tcp: 9, tls: 20 },
  }),
  "clock an hour behind": [ok, ok, ok].map((good) => ({ ...good, serverAheadMs: 3_600_000 })),
  "stall and reset": [stall, { ...stall, outcome: "reset" }, stall],
  "http stall": [noReply, noReply, noReply],
  "503": Array<Try>(3).fill(answered(503)),
  "429": Array<Try>(3).fill(answered(429)),
  "tcp timeout": [noSyn, noSyn, noSyn],
  refused: Array<Try>(3).fill({ reached: "nothing", outcome: "refused", ms: { tcp: 2 } }),
  unreachable: Array<Try>(3).fill({ reached: "nothing", outcome: "unreachable", ms: { tcp: 2 } }),
  "tcp timeout, one try cut": [noSyn, noSyn, { ...noSyn, outcome: "unknown" }],
  "http stall, one try cut": [noReply, noReply, { ...noReply, outcome: "unknown" }],
  "no route": Array<Try>(3).fill({ reached: "nothing", outcome: "no-route", ms: {} }),
  "one address stalls": [stall, stall, stall],
  "first address unreachable, second stalls": [noWay, noWay, noWay],
  "first address unreachable, second ok": [noWay, noWay, noWay],
  "large hello stall": [stall, stall, stall],
  "large hello on a full link": [600, 1_100, 2_700].map((tcp) => ({
    ...stall,
    ms: { ...stall.ms, tcp },
  })),
  "large hello on a slow link": [stall, stall, stall],
  "tls stall, IPv4 first": [stall, stall, stall],
  "one of three stalls": [ok, ok, stall],
} as const satisfies Record<string, readonly Try[]>;

/** At the addresses after the first, where they differ. */
const AFTER_FIRST: Readonly<Record<string, readonly Try[]>> = {
  "one address stalls": TRIES.ok,
  "first address unreachable, second stalls": TRIES["tls stall"],
  "first address unreachable, second ok": TRIES.ok,
};

/** Where the small ClientHello meets something else. */
const SMALL_HELLO: Readonly<Record<string, Try>> = {
  "large hello stall": ok,
  "large hello on a full link": { ...ok, ms: { ...ok.ms, tcp: 600 } },
  "large hello on a slow link": { ...ok, ms: { ...ok.ms, tls: 4_500 } },
};

/** Without any try: what DNS said. */
const LOOKUPS = {
  "no record": "nodata",
  nxdomain: "nxdomain",
  servfail: "failure",
  "dns timeout": "timeout",
} as const;

export type Path = keyof typeof TRIES | keyof typeof LOOKUPS;
export const PATHS = [...Object.keys(TRIES), ...Object.keys(LOOKUPS)] as Path[];
export type Paths = Readonly<Record<string, readonly [v4: Path, v6: Path]>>;

/** All is well; ghcr.io has no IPv6, as in the real world. */
export const HEALTHY: Paths = {
  [HUB]: ["ok", "ok"],
  [TOKEN]: ["ok", "ok"],
  [BLOB]: ["ok", "ok"],
  [CONTROLS[0]]: ["ok", "ok"],
  [CONTROLS[1]]: ["ok", "ok"],
  [GHCR]: ["ok", "no record"],
};

export type RoundOf = {
  readonly paths?: Paths;
  readonly hosts?: readonly string[];
  readonly at?: number;
  readonly quota?: Quota;
  /** Left out: false. */
  readonly patient?: boolean;
  /** IPv6 addresses of hosts that are not where they usually are. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  readonly v4Addresses?: Readonly<Record<string, readonly string[]>>;
};

/** One round at these hosts (default: all but the blob host); what is not named is healthy. */
export function aRound({
  paths = {},
  hosts,
  at = NOW,
  quota,
  patient = false,
  addresses,
  v4Addresses,
}: RoundOf = {}): Round {
  const all = { ...HEALTHY, ...paths };
  const asked = hosts ?? Object.keys(all).filter((host) => host !== BLOB || host in paths);
  const looks = asked.flatMap((host) => {
    const [v4, v6] = all[host] ?? ["nxdomain", "nxdomain"];
    const v6Addresses = addresses?.[host] ?? addressesOf(host, "v6");
    return [
      look({ host, family: "v4", addresses: v4Addresses?.[host] ?? addressesOf(host, "v4") }, v4),
      look({ host, family: "v6", addresses: v6Addresses }, v6),
    ];
  });
  return {
    at,
    ms: 11_000,
    ...(patient ? { patient } : {}),
    lookups: looks.map(({ lookup }) => lookup),
    readings: looks.flatMap(({ readings }) => readings),
    smallHello: looks.flatMap(({ smallHello }) => smallHello),
    quota: quota ?? { state: "left", left: 90, limit: 100 },
    lookedFrom: {
      node: "node-a",
      sources: { v4: "10.10.0.0/24", v6: "2001:db8:10::/64" },
      resolvers: ["10.10.0.1"],
    },
  };
}

export function addressesOf(host: string, family: Family): readonly string[] {
  const place = PLACES[host] ?? { a: ["203.0.113.99"], aaaa: [] };
  const found = family === "v4" ? place.a : place.aaaa;
  return found.length > 0 ? found : ["2001:db8:ffff::99"];
}

type Look = { lookup: Lookup; readings: Reading[]; smallHello: Reading[] };

type Asked = {
  readonly host: string;
  readonly family: Family;
  readonly addresses: readonly string[];
};

function look({ host, family, addresses: found }: Asked, path: Path): Look {
  const role = roleOf(host);
  const base = { host, role, family, source: "dns", ms: 4 } as const;
  if (path in LOOKUPS) {
    const outcome = LOOKUPS[path as keyof typeof LOOKUPS];
    return { lookup: { ...base, outcome, addresses: [] }, readings: [], smallHello: [] };
  }
  const addresses = [...found];
  const tries = TRIES[path as keyof typeof TRIES];
  const readings = addresses.flatMap((address, index) =>
    (index > 0 ? (AFTER_FIRST[path] ?? tries) : tries).map((one, number) => ({
      ...one,
      host,
      role,
      family,
      address,
      try: number + 1,
    })),
  );
  const preferred = family === "v6" ? { preferred: path !== "tls stall, IPv4 first" } : {};
  const lookup = { ...base, outcome: "answer", addresses, ...preferred } as const;
  return { lookup, readings, smallHello: smallHellos(readings, path) };
}

/** One try an address; it meets what the first try met, but where only large packets are lost. */
function smallHellos(readings: readonly Reading[], path: Path): Reading[] {
  const first = readings.filter((reading) => reading.try === 1);
  const small = SMALL_HELLO[path];
  return small === undefined ? first : first.map((reading) => ({ ...reading, ...small }));
}

function roleOf(host: string): Role {
  if (host === TOKEN) return "token";
  if (host === BLOB) return "blob";
  return [...CONTROLS, GHCR].some((control) => control === host) ? "control" : "registry";
}
