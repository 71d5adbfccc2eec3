// Whoever may name an image chooses its registry's texts and where its layers lie. Docker Hub's pods
// are helped, or left alone, as if those pods were not there.
import { expect, test } from "vitest";
import { aPod, pullError, type PodOf } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { HUB, type Path, type Paths } from "../../support/a-round.ts";
import { hub } from "../../support/a-site.ts";
import { fitReport } from "../../../agent/loop/fit-report.ts";
import { run } from "../../support/a-world.ts";
import { aSiteInMemory } from "../../support/site-in-memory.ts";

const LAYERS = "layers.example";
const owner = (name: string) => ({ group: "apps", kind: "ReplicaSet", name, uid: `owner-${name}` });
const honest = aPod({ uid: "honest", owner: owner("honest") });
const tenant = (pod: PodOf) => aPod({ uid: "tenant", owner: owner("tenant"), ...pod });
const atLayers = tenant({ text: pullError("EOF", LAYERS) });

const BROKEN: readonly (readonly [Path, Path])[] = [
  ["503", "503"],
  ["tcp timeout", "tcp timeout"],
  ["ok", "tls stall"],
  ["wrong certificate", "wrong certificate"],
];

test.each(BROKEN)("layers at a host of IPv4 %s, IPv6 %s: others are restarted", async (v4, v6) => {
  const site = aSiteInMemory({ ...hub("ok", "ok"), [LAYERS]: [v4, v6] }, [honest, atLayers]);

  await run(site);

  expect(site.writes).toEqual(["evict honest"]);
});

test.each(BROKEN)("layers at a host of IPv4 %s, IPv6 %s: the rule is set", async (v4, v6) => {
  const site = aSiteInMemory({ ...hub("ok", "tls stall"), [LAYERS]: [v4, v6] }, [honest, atLayers]);

  const { report } = await run(site);

  expect(report.plan?.hosts).toEqual([HUB]);
  expect(site.writes).toEqual(["add rule", "evict honest"]);
});

test("nothing that a tenant's errors say of Docker Hub stops the rule, or stands for proof", async () => {
  const image = "evil.example/a/b";
  const texts = [
    "proxyconnect tcp: EOF",
    "429 Too Many Requests",
    "net/http: TLS handshake timeout",
  ];
  const lies = texts.map((cause, index) =>
    tenant({ uid: `lie-${index}`, image, text: pullError(cause) }),
  );
  const paths: Paths = hub("ok", "tls stall");

  const among = await run(aSiteInMemory(paths, [...lies, honest]));
  const alone = await run(aSiteInMemory(paths, lies));

  expect(among.report.rounds).toHaveLength(1);
  expect(among.report.plan?.rule).not.toBeNull();
  expect(alone.report.rounds).toHaveLength(2);
});

test("a plan rests on the hosts that it is for: a tenant's cannot change its hash", async () => {
  const policy = aPolicy({ mode: "approve" });
  const hashWith = async (...at: readonly [v4: Path, v6: Path]) => {
    const paths = { ...hub("ok", "ok"), [LAYERS]: at };
    const { report } = await run(aSiteInMemory(paths, [honest, atLayers]), {}, { policy });
    return report.planHash;
  };

  expect(await hashWith("ok", "http stall")).toBe(await hashWith("503", "503"));
});

test("a flood of registries leaves rounds and pods in the report", async () => {
  const flood = Array.from({ length: 1_500 }, (_, index) =>
    tenant({ uid: `${index}`, image: `r${index}.${"x".repeat(60)}.example/a`, text: null }),
  );
  const { report } = await run(aSiteInMemory(hub("ok", "tls stall"), [honest, ...flood]));
  const fitted = fitReport({ ...report, pods: report.pods.slice(0, 1) });

  expect(fitted.rounds).toHaveLength(1);
  expect(fitted.pods).toMatchObject([{ uid: "honest" }]);
  expect(fitted.verdicts.at(-1)).toMatchObject({
    host: null,
    name: "inconclusive",
    sentence: expect.stringMatching(
      /^14\d\d hosts were not measured \(.*\): r\d+\.x+\.example, .* and 14\d\d more\.$/,
    ),
  });
});
