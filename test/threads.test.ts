// What people met in public threads, where the cause is known: played through readings, verdict and
// words. Each advice has to name the cure that helped them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { casesOf } from "../agent/diagnosis/cases.ts";
import { hostVerdicts, toMeasure } from "../agent/diagnosis/host-verdicts.ts";
import { targetsFor } from "../agent/diagnosis/targets.ts";
import { explainAll } from "../agent/words/explain.ts";
import type { Policy } from "../agent/ports/policy.ts";
import type { Verdict } from "../src/protocol/report.ts";
import { aPod, pullError, type PodOf } from "./support/a-pod.ts";
import { aJob, aPolicy } from "./support/a-policy.ts";
import { aRound, HUB, type Path, type RoundOf } from "./support/a-round.ts";

const Thread = z.object({
  id: z.string(),
  cause: z.string(),
  cure: z.string(),
  verdict: z.string(),
  not: z.string(),
});
type Thread = z.infer<typeof Thread>;
const THREADS = readFileSync(join(import.meta.dirname, "fixtures/threads.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => Thread.parse(JSON.parse(line)));

type Play = {
  readonly host?: string;
  /** IPv4 and IPv6 at the host that fails. */
  readonly paths: readonly [Path, Path];
  /** The same at every other host; default: all is well. */
  readonly elsewhere?: readonly [Path, Path];
  readonly round?: Pick<RoundOf, "addresses" | "v4Addresses">;
  /** Port 80 answers with one small packet. */
  readonly plainHttp?: true;
  /** Where another resolver says that the host is, and it is there. */
  readonly secondOpinion?: readonly string[];
  readonly pods: readonly PodOf[];
  readonly policy?: Partial<Policy>;
  /** The name of the verdict, where the thread's own words say more. */
  readonly verdict?: string;
  /** What the advice has to say for the cure to be found. */
  readonly cure: readonly RegExp[];
};

const MCR = "mcr.microsoft.com";
const MIRROR = "mirror.corp.example";
const CACHE = "harbor.corp.example";
const STALLED = [{ text: pullError("net/http: TLS handshake timeout") }];
const CLAMP_V4 = /\/ip\/firewall\/mangle\/add .*change-mss/;
const CLAMP_V6 = /\/ipv6\/firewall\/mangle\/add .*change-mss/;
const FORCES_IPV4 = /rejects IPv6 to \S+ on the router makes clients use IPv4/;

const mcr = (v6: Path, policy: Partial<Policy>): Omit<Play, "cure"> => ({
  host: MCR,
  paths: ["ok", v6],
  round: { addresses: { [MCR]: ["2620:1ec:bdf::70"] } },
  pods: [{ image: `${MCR}/dotnet/runtime:8.0`, text: pullError("EOF", MCR) }],
  policy,
});
const MCR_IS_NAMED = { ruleHosts: [MCR], prefix: "2620:1ec:bdf::/48" };

const PLAYS: Readonly<Record<string, Play>> = {
  t01: {
    paths: ["large hello stall", "no route"],
    elsewhere: ["large hello stall", "no route"],
    pods: STALLED,
    cure: [CLAMP_V4, /PPPoE/],
  },
  t02: {
    paths: ["tls stall", "no route"],
    elsewhere: ["tls stall", "no route"],
    plainHttp: true,
    pods: STALLED,
    cure: [CLAMP_V4, /lower MTU/],
  },
  t03: {
    paths: ["large hello stall", "large hello stall"],
    elsewhere: ["large hello stall", "large hello stall"],
    pods: STALLED,
    cure: [CLAMP_V4, CLAMP_V6, /lower MTU/],
  },
  t05: {
    paths: ["refused", "refused"],
    round: { v4Addresses: { [HUB]: ["0.0.0.0"] }, addresses: { [HUB]: ["::"] } },
    pods: [{ text: pullError("dial tcp 0.0.0.0:443: connect: connection refused") }],
    cure: [/Allow registry-1\.docker\.io/, /Pi-hole, AdGuard/],
  },
  t06: {
    paths: ["tcp timeout", "no record"],
    round: { v4Addresses: { [HUB]: ["198.51.100.7"] } },
    secondOpinion: ["203.0.113.10"],
    pods: [{ text: pullError("dial tcp 198.51.100.7:443: i/o timeout") }],
    cure: [/another resolver \(DNS over HTTPS or over TLS/, /mirror/],
  },
  t08: { ...mcr("reset", MCR_IS_NAMED), cure: [/makes clients use IPv4/] },
  t09: { ...mcr("tls stall", MCR_IS_NAMED), cure: [/makes clients use IPv4/] },
  t12: {
    paths: ["ok", "tls stall"],
    pods: [
      {
        image: "docker.io/rancher/mirrored-pause:3.6",
        text: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "docker.io/rancher/mirrored-pause:3.6": ${pullError("net/http: TLS handshake timeout")}`,
      },
    ],
    cure: [FORCES_IPV4],
  },
  t13: {
    host: MIRROR,
    paths: ["tcp timeout", "no record"],
    pods: [
      {
        text: `failed to do request: Head "https://${MIRROR}/v2/library/nginx/manifests/1.27?ns=docker.io": dial tcp 192.0.2.7:443: i/o timeout`,
      },
    ],
    verdict: "registry-unreachable",
    cure: [/is a mirror .* mend it, or take it out there/],
  },
  t14: {
    host: CACHE,
    paths: ["ok", "ok"],
    pods: [
      {
        uid: "a",
        image: `${CACHE}/hub/nginx:1.27`,
        text: `Failed to pull image "${CACHE}/hub/nginx:1.27": failed to resolve reference "${CACHE}/hub/nginx:1.27": ${CACHE}/hub/nginx:1.27: not found`,
      },
      {
        uid: "b",
        image: `${CACHE}/hub/redis:7`,
        text: pullError("net/http: TLS handshake timeout", CACHE),
      },
    ],
    verdict: "image.not_found",
    cure: [/cut off from its upstream: look at the cache's own way out/],
  },
  t16: { paths: ["ok", "wrong certificate"], pods: STALLED, cure: [FORCES_IPV4] },
  t17: { paths: ["ok", "dns timeout"], pods: STALLED, cure: [/Mend the node's resolver/] },
  t18: { paths: ["ok", "unreachable"], pods: STALLED, cure: [/No rule is needed/] },
};

/** Cannot be played yet: what is missing. */
const TO_COME: Readonly<Record<string, string>> = {
  t10: "the throughput of a layer is not measured yet",
};

function play({ host = HUB, paths, elsewhere, round: more, pods, policy, ...also }: Play) {
  const may = aPolicy(policy);
  const cases = casesOf(pods.map((pod) => aPod(pod)));
  const { hosts, told } = toMeasure(aJob(), cases, may);
  const asked = targetsFor(hosts, may, cases).map((target) => target.host);
  const others = elsewhere === undefined ? [] : asked.map((each) => [each, elsewhere]);
  const round = aRound({
    hosts: asked,
    paths: { ...Object.fromEntries(others), [CACHE]: ["ok", "ok"], [host]: paths },
    ...more,
  });
  const [first] = round.readings;
  const plain = first === undefined ? [] : [{ ...first, reached: "http" as const, status: 301 }];
  const said = { host, family: "v4", from: "one.one.one.one", answers: true } as const;
  const seen = {
    ...round,
    ...(also.plainHttp === true ? { plainHttp: plain } : {}),
    ...(also.secondOpinion === undefined
      ? {}
      : { secondOpinions: [{ ...said, addresses: [...also.secondOpinion] }] }),
  };
  const rounds = { rounds: [seen], rules: [], cases };
  return explainAll([...hostVerdicts(hosts, rounds, may), ...told], seen, may);
}

function verdictAt(host: string, name: string, found: readonly Verdict[]): Verdict | undefined {
  return found.find((one) => one.host === host && one.name === name);
}

const playable = THREADS.flatMap((thread) => {
  const how = PLAYS[thread.id];
  return how === undefined ? [] : [[`${thread.id}, ${thread.cause}`, thread, how] as const];
});

describe("what people met", () => {
  test.each<readonly [string, Thread, Play]>(playable)("%s", (_name, thread, how) => {
    const found = play(how);

    const host = how.host ?? HUB;
    const verdict = verdictAt(host, how.verdict ?? thread.verdict, found);
    expect(found.map(({ host: at, name }) => `${at} ${name}`)).toContain(
      `${host} ${how.verdict ?? thread.verdict}`,
    );
    expect(found.map(({ name }) => name)).not.toContain(thread.not);
    for (const words of how.cure) expect(verdict?.advice).toMatch(words);
  });

  test("each thread is played, or said to come", () => {
    const known = [...Object.keys(PLAYS), ...Object.keys(TO_COME)].toSorted();
    expect(known).toEqual(THREADS.map(({ id }) => id).toSorted());
  });
});

test.each<Path>(["reset", "tls stall"])(
  "another registry's %s without its settings: the advice has the entry to add",
  (v6) => {
    const [verdict] = play({ ...mcr(v6, {}), cure: [] });

    expect(verdict).toMatchObject({ host: MCR, name: "not-covered" });
    expect(verdict?.advice).toContain(`RULE_HOSTS=${MCR}`);
    expect(verdict?.advice).toContain("2620:1ec:bdf::70");
  },
);
