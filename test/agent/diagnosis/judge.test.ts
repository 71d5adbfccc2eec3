import { describe, expect, test } from "vitest";
import { comesAndGoes } from "../../../agent/diagnosis/comes-and-goes.ts";
import { judgeHosts } from "../../../agent/diagnosis/judge.ts";
import { casesOf } from "../../../agent/diagnosis/cases.ts";
import { aPod, pullError, type PodOf } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aRound, BLOB, GHCR, HUB, TOKEN, type Path, type Paths } from "../../support/a-round.ts";

const hub = { host: HUB, registry: HUB };

function judged(paths: Paths, changes: Parameters<typeof aPolicy>[0] = {}): string[] {
  const seen = { rounds: [aRound({ paths })], rules: [], cases: [] };
  return judgeHosts([hub], seen, aPolicy(changes)).map(({ host, name }) => `${host} ${name}`);
}

describe("a configured blob host", () => {
  test("is judged where it stalls, though no pod names it", () => {
    expect(judged({ [BLOB]: ["ok", "tls stall"] })).toEqual([
      `${HUB} healthy-now`,
      `${BLOB} ipv6-blob-stall`,
    ]);
  });

  test.each<Path>(["ok", "nxdomain", "tcp timeout", "half stall", "503"])(
    "that shows %s over IPv6 is not spoken of: unknown never blocks",
    (v6) => {
      expect(judged({ [HUB]: ["ok", "tls stall"], [BLOB]: ["ok", v6] })).toEqual([
        `${HUB} ipv6-tls-stall`,
      ]);
    },
  );

  test("that stalls together with the registry leaves the rule without use", () => {
    expect(judged({ [HUB]: ["ok", "tls stall"], [BLOB]: ["ok", "tls stall"] })).toEqual([
      `${HUB} not-covered`,
      `${BLOB} not-covered`,
    ]);
  });

  test("is Docker Hub's alone", () => {
    const paths: Paths = { [GHCR]: ["ok", "ok"], [BLOB]: ["ok", "ok"] };
    const seen = { rounds: [aRound({ paths })], rules: [], cases: [] };

    const found = judgeHosts([{ host: GHCR, registry: GHCR }], seen, aPolicy());

    expect(found.map(({ host }) => host)).toEqual([GHCR]);
  });
});

test("the token host's stall outside the rule makes the registry's not covered either", () => {
  const paths: Paths = { [HUB]: ["ok", "tls stall"], [TOKEN]: ["ok", "tls stall"] };

  expect(judged(paths, { ruleHosts: [HUB] })).toEqual([
    `${HUB} not-covered`,
    `${TOKEN} not-covered`,
  ]);
});

test("under a stop-gap the rule is not called enough where blobs stall too", () => {
  const paths: Paths = { [HUB]: ["ok", "large hello stall"], [BLOB]: ["ok", "large hello stall"] };
  const seen = { rounds: [aRound({ paths })], rules: [], cases: [] };

  const [registry] = judgeHosts([hub], seen, aPolicy());

  expect(registry).toMatchObject({ name: "path-mtu", ruleIsEnough: false });
});

test.each([
  ["node-a", "proxy-in-path"],
  ["node-b", "healthy-now"],
])("the runtime of %s says that it goes through a proxy: seen from node-a, %s", (node, name) => {
  const text = `failed to do request: Head "https://${HUB}/v2/": proxyconnect tcp: EOF`;
  const seen = { rounds: [aRound()], rules: [], cases: casesOf([aPod({ text, node })]) };

  const [registry] = judgeHosts([hub], seen, aPolicy());

  expect(registry?.name).toBe(name);
});

test("a proxy that the runtime names at the registry is in the way to its token host too", () => {
  const text = pullError("proxyconnect tcp: EOF");
  const seen = { rounds: [aRound()], rules: [], cases: casesOf([aPod({ text })]) };

  const found = judgeHosts([hub, { host: TOKEN, registry: HUB }], seen, aPolicy());

  expect(found.map(({ name }) => name)).toEqual(["proxy-in-path", "proxy-in-path"]);
});

describe("what pods of another registry say of Docker Hub decides nothing there", () => {
  const unknownQuota = { state: "unknown", why: "no answer" } as const;
  const judgedWith = (...pods: readonly PodOf[]) => {
    const cases = casesOf(pods.map((pod, index) => aPod({ uid: `${index}`, ...pod })));
    const seen = { rounds: [aRound({ quota: unknownQuota })], rules: [], cases };
    return judgeHosts([hub], seen, aPolicy())[0]?.name;
  };
  const image = "evil.example/a/b";

  test.each<[string, PodOf, string]>([
    ["a proxy", { text: pullError("proxyconnect tcp: EOF") }, "proxy-in-path"],
    ["a 429", { text: pullError("429 Too Many Requests") }, "rate-limited"],
  ])("%s", (_what, pod, told) => {
    expect(judgedWith(pod)).toBe(told);
    expect(judgedWith({}, { ...pod, image })).toBe("healthy-now");
  });

  test("that they fail on this node", () => {
    expect(judgedWith({ node: "node-b" }, { image })).toBe("not-seen-here");
    expect(judgedWith({ image })).toBe("not-seen-here");
    expect(judgedWith()).toBe("healthy-now");
  });
});

test("a layer's host that only an error names leaves Docker Hub's verdict alone", () => {
  const layers = { host: "layers.example", registry: HUB };
  const paths: Paths = { [HUB]: ["ok", "tls stall"], [layers.host]: ["ok", "tls stall"] };
  const seen = { rounds: [aRound({ paths })], rules: [], cases: [] };

  const [registry, foreign] = judgeHosts([hub, layers], seen, aPolicy());

  expect(registry).toMatchObject({ name: "ipv6-tls-stall", ruleIsEnough: true });
  expect(foreign).toMatchObject({ host: layers.host, name: "not-covered" });
});

test("a host that only an image's layer lies at is not the whole registry's proxy", () => {
  const text = pullError("proxyconnect tcp: EOF", "layers.example");
  const seen = { rounds: [aRound()], rules: [], cases: casesOf([aPod({ text })]) };

  const [registry] = judgeHosts([hub], seen, aPolicy());

  expect(registry?.name).toBe("healthy-now");
});

test.each<[Path, Path, boolean]>([
  ["ok", "half stall", true],
  ["half stall", "half stall", false],
  ["ok", "tls stall", false],
  ["ok", "stalls that end", true],
  ["ok", "slow", false],
  ["stalls that end", "stalls that end", false],
])("IPv4 %s and IPv6 %s come and go: %s", (v4, v6, expected) => {
  expect(comesAndGoes([aRound({ paths: { [HUB]: [v4, v6] } })], HUB)).toBe(expected);
});
