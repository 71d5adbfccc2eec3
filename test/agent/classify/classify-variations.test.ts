// Kinds of messages that were once misread, each with other hosts, addresses, ports, runtimes and
// wrappings.
import fc from "fast-check";
import { expect, it } from "vitest";
import { classify, kindOf } from "../../../agent/classify/classify.ts";
import {
  aHost,
  aLocalV4,
  aLocalV6,
  aPort,
  aPublicV4,
  aPublicV6,
  FAILURES,
  JOINABLE_REQUESTS,
  REQUESTS,
  SILENCES,
  WRAPPINGS,
} from "../../accuracy/variations.ts";

const SETTINGS = { seed: 20_261_128, numRuns: 1_500 };
const aFailure = fc.constantFrom(...FAILURES);
const aSilence = fc.constantFrom(...SILENCES);
const aRequest = fc.constantFrom(...REQUESTS);
const aJoinable = fc.constantFrom(...JOINABLE_REQUESTS);
const aWrapping = fc.constantFrom(...WRAPPINGS);
const aLocalPeer = fc.oneof(aLocalV4, aLocalV6);

function familyOf(address: string): "v4" | "v6" {
  return address.startsWith("[") ? "v6" : "v4";
}

it("a peer on the internet is the path, whoever was asked by whatever client", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, fc.oneof(aPublicV4, aPublicV6), aFailure, aRequest, aWrapping),
      ([host, address, [label, failure], request, wrap]) => {
        const given = classify(wrap(request(host, failure(`${address}:443`))));

        const expected = familyOf(address) === "v6" ? "network.ipv6_path" : label;
        expect(given).toEqual({ label: expected, host, family: familyOf(address) });
      },
    ),
    SETTINGS,
  );
});

it("a peer on this node at the port that was asked for is a name that leads nowhere", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, aLocalPeer, aFailure, aRequest, aWrapping),
      ([host, address, [, failure], request, wrap]) => {
        const given = classify(wrap(request(host, failure(`${address}:443`))));

        expect(given).toEqual({ label: "dns.sinkhole", host, family: familyOf(address) });
      },
    ),
    SETTINGS,
  );
});

it("a peer on this node at another port is a local proxy", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, aLocalPeer, aPort, aFailure, aRequest, aWrapping),
      ([host, address, port, [, failure], request, wrap]) => {
        const given = classify(wrap(request(host, failure(`${address}:${port}`))));

        expect(given).toEqual({ label: "proxy.error", host, family: familyOf(address) });
      },
    ),
    SETTINGS,
  );
});

it("a registry or mirror on this node that does not answer is no path", () => {
  const aName = fc.constantFrom("localhost", "127.0.0.1", "[::1]", "registry.localhost");
  fc.assert(
    fc.property(
      fc.tuple(aName, aPort, aLocalPeer, aFailure, aSilence, aRequest, aWrapping),
      ([name, port, address, [, failure], [, silence], request, wrap]) => {
        const asked = `${name}:${port}`;

        for (const cause of [failure(`${address}:${port}`), silence])
          expect(classify(wrap(request(asked, cause)))).toMatchObject({
            label: "registry.unavailable",
            host: asked,
          });
      },
    ),
    SETTINGS,
  );
});

it("a connection inside this node is never the path, also where nobody says who was asked", () => {
  fc.assert(
    fc.property(
      fc.tuple(aLocalPeer, fc.oneof(aPort, fc.constantFrom(80, 443)), aFailure, aWrapping),
      ([address, port, [, failure], wrap]) => {
        const { label } = classify(
          wrap(`download failed after attempts=6: ${failure(`${address}:${port}`)}`),
        );

        expect(kindOf(label)).not.toBe("path");
      },
    ),
    SETTINGS,
  );
});

it("http:// without a port is port 80", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, aPublicV4, aFailure, aRequest, aWrapping),
      ([host, address, [label, failure], request, wrap]) => {
        const message = request(host, failure(`${address}:80`)).replaceAll("https://", "http://");

        expect(classify(wrap(message))).toEqual({ label, host: `${host}:80`, family: "v4" });
      },
    ),
    SETTINGS,
  );
});

const REFUSALS = [
  (host: string) =>
    `failed to pull and unpack image "x/a:1": failed to resolve reference "x/a:1": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://${host}/token?scope=a: 401 Unauthorized`,
  (host: string) =>
    `failed to pull and unpack image "x/a:1": failed to resolve reference "x/a:1": unexpected status from HEAD request to https://${host}/v2/a/manifests/1: 403 Forbidden`,
  () =>
    `failed to pull and unpack image "x/a:1": failed to resolve reference "x/a:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  () =>
    `rpc error: code = NotFound desc = failed to pull and unpack image "x/a:1": failed to resolve reference "x/a:1": x/a:1: not found`,
  () =>
    "unable to pull image: initializing source docker://x/a:1: reading manifest 1 in x/a: unauthorized: access to the requested resource is not authorized",
  () =>
    "Error response from daemon: pull access denied for x/a, repository does not exist or may require 'docker login'",
] as const;

it("what one credential was answered hides no failure of the path with another", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, aSilence, aJoinable, fc.constantFrom(...REFUSALS), aWrapping, fc.boolean()),
      ([host, [label, silence], request, refusal, wrap, isFirst]) => {
        const failed = request(host, silence);
        const errors = isFirst ? [failed, refusal(host)] : [refusal(host), failed];

        const given = classify(wrap(`[${errors.join(", ")}]`));

        expect(given).toEqual({ label, host, family: "none" });
      },
    ),
    SETTINGS,
  );
});

it("a server's own words after its status name no other host", () => {
  fc.assert(
    fc.property(fc.tuple(aSilence, aRequest, aHost), ([[, silence], request, victim]) => {
      const answer =
        "unexpected status code https://evil.example/v2/a: 500 Oops - Server message: ";

      const { host } = classify(
        `Failed to pull image "x/a:1": [failed to resolve reference "evil.example/a:1": ${answer}, ${request(victim, silence)}]`,
      );

      expect([null, "evil.example"]).toContain(host);
    }),
    SETTINGS,
  );
});

it("a mirror that fails on the path is named where the registry behind it merely refuses", () => {
  const aRefusal = fc.constantFrom(
    "reading manifest 1 in docker.io/library/a: manifest unknown",
    "reading manifest 1 in docker.io/library/a: requested access to the resource is denied",
    "reading manifest 1 in docker.io/library/a: unauthorized: authentication required",
  );
  fc.assert(
    fc.property(
      fc.tuple(aHost, aSilence, aRefusal, aWrapping),
      ([mirror, [label, silence], refusal, wrap]) => {
        const message = `initializing source docker://docker.io/library/a:1: (Mirrors also failed: [${mirror}/a:1: pinging container registry ${mirror}: Get "https://${mirror}/v2/": ${silence}]): docker.io/library/a:1: ${refusal}`;

        expect(classify(wrap(message))).toEqual({ label, host: mirror, family: "none" });
      },
    ),
    SETTINGS,
  );
});

const ANSWERS = [
  ["408 Request Timeout", "network.http_timeout"],
  ["412 Precondition Failed", "policy.rejected"],
  ["400 Bad Request", "registry.unavailable"],
  ["405 Method Not Allowed", "registry.unavailable"],
  ["421 Misdirected Request", "registry.unavailable"],
] as const;
const ANSWERERS = [
  (host: string, line: string) =>
    `unexpected status from HEAD request to https://${host}/v2/a/manifests/1: ${line}`,
  (host: string, line: string) =>
    `unexpected status code https://${host}/v2/a/manifests/1: ${line} - Server message: ok`,
  (host: string, line: string) =>
    `pulling from host ${host} failed with status code [manifests 1]: ${line}`,
  (_host: string, line: string) =>
    `reading manifest 1 in x/a: received unexpected HTTP status: ${line}`,
  (_host: string, line: string) => `unexpected status code [manifests 1]: ${line}`,
] as const;

it("each status has its meaning in the words of each client", () => {
  fc.assert(
    fc.property(
      fc.tuple(aHost, fc.constantFrom(...ANSWERS), fc.constantFrom(...ANSWERERS), aWrapping),
      ([host, [line, label], answerer, wrap]) => {
        const message = wrap(`failed to resolve reference "x/a:1": ${answerer(host, line)}`);

        expect(classify(message).label).toBe(label);
      },
    ),
    SETTINGS,
  );
});

it.each(["400 Bad Request", "405 Method Not Allowed", "422 Unprocessable Entity"])(
  "%s to a request for a token is about the credentials",
  (line) => {
    const texts = [
      `Requesting bearer token: received unexpected HTTP status: ${line}`,
      `unable to retrieve auth token: invalid status code from registry ${line.slice(0, 3)} (${line.slice(4)})`,
      `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.example.org/token?scope=a: ${line}`,
      `failed to fetch oauth token: unexpected status from POST request to https://auth.example.org/token: ${line}`,
    ];

    expect(texts.map((text) => classify(text).label)).toEqual(texts.map(() => "auth.unauthorized"));
  },
);

it.each([
  ["network.refused", "由于目标计算机积极拒绝，无法连接。"],
  [
    "network.refused",
    "Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte.",
  ],
  [
    "network.refused",
    "Подключение не установлено, т.к. конечный компьютер отверг запрос на подключение.",
  ],
  ["network.tcp_timeout", "由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。"],
  [
    "network.tcp_timeout",
    "Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat, oder die hergestellte Verbindung war fehlerhaft, da der verbundene Host nicht reagiert hat.",
  ],
  ["network.reset", "远程主机强迫关闭了一个现有的连接。"],
  ["network.reset", "Eine vorhandene Verbindung wurde vom Remotehost geschlossen."],
])("%s in the language of Windows: %s", (label, words) => {
  const given = classify(
    `Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp 192.0.2.4:443: connectex: ${words}`,
  );

  expect(given).toEqual({ label, host: "registry-1.docker.io", family: "v4" });
});
