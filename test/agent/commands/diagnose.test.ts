// `diagnose` on the simulated Internet, with limits in milliseconds.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Round } from "../../../src/protocol/round.ts";
import { agentCommand, type Ran } from "../../support/agent-command.ts";
import { labCertificates } from "../../../sim/network/certificates.ts";
import { startNetwork, type NetworkSim } from "../../../sim/network/start.ts";

const HUB_IPV6 = "2600:1f18::/32";
const certificates = await labCertificates();
const folder = mkdtempSync(join(tmpdir(), "backon-diagnose-"));
const caFile = join(folder, "ca.pem");
beforeAll(() => writeFileSync(caFile, certificates.caPem));
afterAll(() => rmSync(folder, { recursive: true }));

async function aSite(): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates });
  onTestFinished(() => sim.close());
  return sim;
}

function diagnose(
  sim: NetworkSim,
  ...words: (string | Readonly<Record<string, string>>)[]
): Promise<Ran> {
  const argv = words.filter((word) => typeof word === "string");
  const more = Object.assign({}, ...words.filter((word) => typeof word === "object"));
  const quick = { DNS_TIMEOUT_MS: "2000", TCP_TIMEOUT_MS: "2000", TLS_TIMEOUT_MS: "1500" };
  const env = {
    ...quick,
    HTTP_TIMEOUT_MS: "2000",
    TRY_GAP_MS: "10",
    DNS_SERVERS: `127.0.0.1:${sim.dnsPort}`,
    HOSTS_FILE: "/dev/null",
    EXTRA_CA_FILE: caFile,
    ...more,
  };
  return agentCommand(["diagnose", ...argv], env, { dialer: sim.dialer });
}

test("a healthy path is 0; the table, the source, the quota and the verdicts are shown", async () => {
  const { code, out, err } = await diagnose(await aSite());

  expect(code).toBe(0);
  expect(out).toMatch(/^registry-1\.docker\.io +registry +IPv4 +203\.0\.113\.10 .*401 +3\/3 ok$/m);
  expect(out).toContain("healthy-now: registry-1.docker.io answers every try");
  expect(out).toContain("healthy-now: auth.docker.io answers every try");
  expect(out).toContain("Looked from 10.10.0.0/24 and 2001:db8:10::/64");
  expect(out).toMatch(/pull quota over IPv4: \d+ left/);
  expect(err).toContain("a stall shows after 1.5 s");
});

test("Docker Hub stalls over IPv6: 1, with the verdict, the evidence and the advice", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: HUB_IPV6, kind: "tls-stall" });

  const { code, out } = await diagnose(sim, "docker.io");

  expect(code).toBe(1);
  expect(out).toContain("ipv6-tls-stall: registry-1.docker.io: over IPv6 TCP connects");
  expect(out).toContain("    IPv6: post (6 × timeout after tcp)");
  expect(out).toContain(`    → The rule that rejects IPv6 to ${HUB_IPV6}`);
  const last = out.trimEnd().split("\n").at(-1);
  expect(last).toMatch(
    /^IN SHORT: registry-1\.docker\.io: over IPv6 TCP connects .* The rule that/,
  );
});

describe("the exit code", () => {
  test("tries that differ: 2, it could not tell", async () => {
    const sim = await aSite();
    sim.gateway.faults.add({ to: HUB_IPV6, kind: "stall-half" });

    const { code, out } = await diagnose(sim);

    expect(code).toBe(2);
    expect(out).toContain("inconclusive:");
  });

  test("IPv6 that does not connect at all: 0, clients fall back", async () => {
    const sim = await aSite();
    sim.gateway.faults.add({ to: HUB_IPV6, kind: "tcp-refuse" });

    const { code, out } = await diagnose(sim);

    expect(code).toBe(0);
    expect(out).toContain("ipv6-unreachable:");
  });

  test("IPv4 is dead and IPv6 works: 1, and the rule is not advised", async () => {
    const sim = await aSite();
    for (const to of ["203.0.113.10", "203.0.113.20"])
      sim.gateway.faults.add({ to, kind: "tcp-refuse" });

    const { code, out } = await diagnose(sim);

    expect(code).toBe(1);
    expect(out).toContain("→ Never block IPv6 now.");
  });

  test.each([["--registry=docker.io"], ["https://docker.io"], ["docker"], [""]])(
    "%j is no registry: 64, and nothing is measured",
    async (word) => {
      const sim = await aSite();

      const { code, out, err } = await diagnose(sim, word);

      expect({ code, out }).toEqual({ code: 64, out: "" });
      expect(err).toContain("diagnose takes registries such as docker.io or ghcr.io");
    },
  );
});

test("tries that differ are measured three times, and half of them is a verdict", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: HUB_IPV6, kind: "stall-half" });

  const { out, err } = await diagnose(sim, "--json");

  const json = JSON.parse(out) as { verdict: string; rounds: unknown[] };
  expect(json.rounds).toHaveLength(3);
  expect(["ipv6-partial", "inconclusive"]).toContain(json.verdict);
  expect(err).toBe("");
});

test("a blob host that stalls is named though the registry is well", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2606:4700::/36", kind: "tls-stall" });

  const { code, out } = await diagnose(sim);

  expect(code).toBe(1);
  expect(out).toContain("ipv6-blob-stall: production.cloudflare.docker.com");
});

test("a node that clients leave through a proxy: 2, and the proxy is named without its password", async () => {
  const sim = await aSite();

  const { code, out } = await diagnose(sim, {
    HTTPS_PROXY: "http://me:pw-of-nobody@proxy.lan:3128",
  });

  expect(code).toBe(2);
  expect(out).toContain("proxy-in-path: Clients reach registry-1.docker.io through proxy.lan:3128");
  expect(out).not.toContain("pw-of-nobody");
});

test("several registries are measured in one round", async () => {
  const { code, out } = await diagnose(await aSite(), "ghcr.io", "registry.k8s.io");

  expect(code).toBe(0);
  expect(out).toContain("no-ipv6: ghcr.io");
  expect(out).toContain("healthy-now: registry.k8s.io");
  expect(out).not.toContain("docker.io");
});

test("--json is one object with the verdicts and the rounds, and no progress", async () => {
  const { code, out, err } = await diagnose(await aSite(), "--json");

  const json: unknown = JSON.parse(out);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(json).toMatchObject({
    verdict: "healthy-now",
    verdicts: [{ host: "registry-1.docker.io" }, { host: "auth.docker.io" }],
  });
  const { rounds } = json as { rounds: unknown[] };
  expect(rounds.map((round) => Round.safeParse(round).success)).toEqual([true]);
});
