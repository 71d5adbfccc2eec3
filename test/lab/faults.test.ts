// Each fault shows at the stage, the family and the hosts that it is meant for, and nowhere else.
import { describe, expect, test, type TestContext } from "vitest";
import { addressesOf, INSIDE_ADDRESS, OTHER_REGISTRY, OUTSIDE_ADDRESS } from "./addresses.ts";
import { FAULTS, type FaultName } from "./faults/closed-list.ts";
import { lookout, type Lookout } from "./lookout.ts";
import { openLab, type Lab } from "./open-lab.ts";
import { findLab } from "./requirements.ts";

const lab = await findLab();

const HUB = "registry-1.docker.io";
const [HUB_V4 = ""] = addressesOf([HUB], "v4");
const [HUB_V6 = ""] = addressesOf([HUB], "v6");
const QUICK = { tcpMs: 1_000, tlsMs: 2_000 };
const LOOKS = [
  { name: "hub", host: HUB },
  { name: "token", host: "auth.docker.io" },
  { name: "blobs", host: "production.cloudflare.docker.com" },
  { name: "control", host: "registry.k8s.io" },
] as const;

/** A lab of the test's own, seen from its node. */
async function aLab({
  onTestFinished,
}: TestContext): Promise<{ readonly opened: Lab; readonly node: Lookout }> {
  const opened = await openLab();
  onTestFinished(() => opened.close());
  return { opened, node: await lookout(opened) };
}

/** `hub v6: secure 401`, for each host and family, and what the names lead to. */
async function look(node: Lookout): Promise<string[]> {
  const names = (["A", "AAAA"] as const).map(
    async (type) => `${type}: ${await node.lookup(HUB, type)}`,
  );
  const hosts = LOOKS.flatMap(({ name, host }) =>
    (["v4", "v6"] as const).map(async (family) => {
      const [address = ""] = addressesOf([host], family);
      const { tcp, tls, http } = await node.reach(host, address, QUICK);
      return `${name} ${family}: ${[tls ?? tcp, http].filter((part) => part !== null).join(" ")}`;
    }),
  );
  return Promise.all([...names, ...hosts]);
}

/** Slow, or by chance, or elsewhere than at the first address: below, one by one. */
const APART =
  "none g1 g1b g2 g3 g4 half a1-v4-third toggles slow-layers outside a2w clock a1-other-v6 a1-other-v4-dead".split(
    " ",
  );
const NAMES = (Object.keys(FAULTS) as FaultName[]).filter((name) => !APART.includes(name));

/** Each fault's name with what it changes; in between, everything must be as at first. */
async function changesBy(names: readonly FaultName[], context: TestContext): Promise<string[]> {
  const { opened, node } = await aLab(context);
  const clean = await look(node);
  const lines: string[] = [];
  for (const name of names) {
    await opened.fault(name);
    const changed = (await look(node)).filter((line) => !clean.includes(line));
    await opened.heal();
    lines.push(`${name}: ${changed.join(" · ")}`);
  }
  expect(await look(node)).toEqual(clean);
  return lines;
}

// Their own labs, and mostly waiting: side by side.
describe.skipIf(lab.skip)(`the lab's faults${lab.note}`, { concurrent: true }, () => {
  test("each fault changes what it is meant to change, and is taken back whole", async (context) => {
    const parts = [0, 1, 2].map((part) => NAMES.filter((_, index) => index % 3 === part));
    const lines = await Promise.all(parts.map((names) => changesBy(names, context)));
    context.expect(lines.flat().sort().join("\n")).toMatchInlineSnapshot(`
      "a1-controls-dead: hub v6: timeout · token v6: timeout · control v6: timeout
      a1-token: token v6: timeout
      a1: hub v6: timeout · token v6: timeout
      a1all: hub v6: timeout · token v6: timeout · blobs v6: timeout · control v6: timeout
      a1k: hub v6: timeout · token v6: timeout · blobs v6: timeout
      a1s: hub v6: timeout · token v6: timeout
      a2: hub v6: timeout · token v6: timeout · blobs v6: timeout · control v6: timeout
      b: hub v6: timeout · token v6: timeout
      c2: hub v6: ECONNRESET · token v6: ECONNRESET
      c: hub v6: ECONNREFUSED · token v6: ECONNREFUSED
      cert-both: hub v4: ERR_TLS_CERT_ALTNAME_INVALID · hub v6: ERR_TLS_CERT_ALTNAME_INVALID · token v4: ERR_TLS_CERT_ALTNAME_INVALID · token v6: ERR_TLS_CERT_ALTNAME_INVALID
      d: hub v4: timeout · hub v6: timeout · token v4: timeout · token v6: timeout · blobs v4: timeout · blobs v6: timeout · control v4: timeout · control v6: timeout
      e: hub v4: timeout · hub v6: timeout · token v4: timeout · token v6: timeout
      f1: A: ETIMEOUT · AAAA: ETIMEOUT
      f2: A: ESERVFAIL · AAAA: ESERVFAIL
      f3: AAAA: ENODATA
      f4: AAAA: ETIMEOUT
      f5: AAAA: ESERVFAIL
      f6: A: ENOTFOUND · AAAA: ENOTFOUND
      h: hub v6: ERR_TLS_CERT_ALTNAME_INVALID · token v6: ERR_TLS_CERT_ALTNAME_INVALID
      i429: hub v4: secure 429 · hub v6: secure 429
      i503: hub v4: secure 503 · hub v6: secure 503
      j: hub v6: ENETUNREACH · token v6: ENETUNREACH · blobs v6: ENETUNREACH · control v6: ENETUNREACH
      jr: hub v6: ENETUNREACH · token v6: ENETUNREACH · blobs v6: ENETUNREACH · control v6: ENETUNREACH
      k: blobs v6: timeout
      no-v4-a1: hub v4: ENETUNREACH · hub v6: timeout · token v4: ENETUNREACH · token v6: timeout · blobs v4: ENETUNREACH · control v4: ENETUNREACH
      poisoned: A: 198.51.100.7 · AAAA: 2001:db8:dead::7
      sunk: A: 0.0.0.0 · AAAA: ::
      ula-a1: hub v6: timeout · token v6: timeout
      v4-dead: hub v4: timeout · token v4: timeout · blobs v4: timeout · control v4: timeout"
    `);
  }, 120_000);

  test("a second fault counts on top of the first", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("a1");

    await opened.fault("v4-dead");

    expect(await node.reach(HUB, HUB_V6, QUICK)).toMatchObject({
      tcp: "connected",
      tls: "timeout",
    });
    expect(await node.reach(HUB, HUB_V4, QUICK)).toMatchObject({ tcp: "timeout" });
  });

  test("half: every second connection to an address stalls, the first one included", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("half");

    const ends: (string | null)[] = [];
    for (let tries = 0; tries < 4; tries += 1)
      ends.push((await node.reach(HUB, HUB_V6, QUICK)).tls);

    expect(ends).toEqual(["timeout", "secure", "timeout", "secure"]);
  });

  test("a1-v4-third: every third connection to the registry's IPv4 stalls", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("a1-v4-third");

    const ends: (string | null)[] = [];
    for (let tries = 0; tries < 6; tries += 1)
      ends.push((await node.reach(HUB, HUB_V4, QUICK)).tls);

    expect(ends).toEqual(["secure", "secure", "timeout", "secure", "secure", "timeout"]);
  });

  test("toggles: TLS over IPv6 stalls in every second span of twenty seconds", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("toggles");

    // Of each span whether any try got through: on a busy machine one that is well may be late too.
    const ends = new Map<number, boolean>();
    while (ends.size < 3 || Date.now() % 20_000 < 15_000) {
      const span = Math.floor(Date.now() / 20_000);
      const { tls } = await node.reach(HUB, HUB_V6, { ...QUICK, tlsMs: 500 });
      // A try that began in one span and ended in the next says nothing of either.
      if (Math.floor(Date.now() / 20_000) === span && Date.now() % 20_000 > 5_000)
        ends.set(span, ends.get(span) === true || tls === "secure");
    }

    const spans = [...ends.keys()];
    expect([...ends.values()]).toEqual(spans.map((span) => span % 2 !== 0));
  }, 180_000);

  test("a1-other-v6, a1-other-v4-dead: another registry inside the prefix is well over IPv6 alone", async (context) => {
    const { opened, node } = await aLab(context);
    const seen: unknown[] = [];
    for (const name of ["a1-other-v6", "a1-other-v4-dead"] as const) {
      await opened.fault(name);
      const reached = await node.reach(OTHER_REGISTRY, INSIDE_ADDRESS, QUICK);
      const hub = await node.reach(HUB, HUB_V6, QUICK);
      seen.push([await node.lookup(OTHER_REGISTRY, "A"), reached.http, hub.tls]);
      await opened.heal();
    }

    expect(seen).toEqual([
      ["ENODATA", 200, "timeout"],
      ["203.0.113.77", 200, "timeout"],
    ]);
  });

  test("outside: the registry's one IPv6 address stalls", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("outside");

    expect(await node.lookup(HUB, "AAAA")).toBe(OUTSIDE_ADDRESS);
    const reached = await node.reach(HUB, OUTSIDE_ADDRESS, QUICK);
    expect(reached).toMatchObject({ tcp: "connected", tls: "timeout" });
  });

  test("a2w: a large first flight over IPv6 is lost, a small one arrives", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("a2w");

    const [large, small] = await Promise.all([
      node.reach(HUB, HUB_V6, QUICK),
      node.reach(HUB, HUB_V6, { ...QUICK, smallHello: true }),
    ]);

    expect([large.tls, small.tls]).toEqual(["timeout", "secure"]);
  });

  test("clock: certificates and dates are a year ahead", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("clock");

    const strict = await node.reach(HUB, HUB_V4, QUICK);
    const trusting = await node.reach(HUB, HUB_V4, { ...QUICK, anyCertificate: true });

    expect(strict.tls).toBe("CERT_NOT_YET_VALID");
    expect(((trusting.dateMs ?? 0) - Date.now()) / 86_400_000).toBeCloseTo(365, 1);
  });

  test("g1 and g1b: a handshake over IPv6 takes 3 and 12 s, over IPv4 no time", async (context) => {
    const slow = async (name: "g1" | "g1b"): Promise<number[]> => {
      const { opened, node } = await aLab(context);
      await opened.fault(name);
      const limits = { tcpMs: 5_000, tlsMs: 20_000 };
      const reached = [HUB_V6, HUB_V4].map((address) => node.reach(HUB, address, limits));
      return (await Promise.all(reached)).map(({ ms }) => Math.round(ms.tls / 1_000));
    };

    expect(await Promise.all([slow("g1"), slow("g1b")])).toEqual([
      [3, 0],
      [12, 0],
    ]);
  });

  test("g2: some connections over IPv6 need a second SYN", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("g2");

    const reached = await Promise.all(
      Array.from({ length: 40 }, () => node.reach(HUB, HUB_V6, { tcpMs: 900, tlsMs: 1 })),
    );

    expect(new Set(reached.map(({ tcp }) => tcp))).toEqual(new Set(["connected", "timeout"]));
  });

  test("g3: every connection to the hub needs a second SYN", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("g3");

    const { ms, http } = await node.reach(HUB, HUB_V6);

    expect(http).toBe(401);
    expect(ms.tcp).toBeGreaterThan(900);
  });

  test("g4: TLS is slow in both families, TCP is there", async (context) => {
    const { opened, node } = await aLab(context);
    await opened.fault("g4");

    for (const address of [HUB_V6, HUB_V4]) {
      const reached = await node.reach(HUB, address, { tcpMs: 5_000, tlsMs: 700 });
      expect(reached).toMatchObject({ tcp: "connected", tls: "timeout" });
    }
  });
});
