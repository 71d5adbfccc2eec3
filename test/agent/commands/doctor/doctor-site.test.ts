// `doctor` and the rest of the site: the settings, the cluster's rights, names and sources.
import { connect, createServer, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { startKubernetes, type KubernetesSim } from "../../../../sim/kubernetes/server.ts";
import { startDns, type DnsServer } from "../../../../sim/network/dns-server.ts";
import { siteDialer } from "../../../../sim/network/site-dialer.ts";
import { clusterOf, ownClock } from "../../../../agent/settings/outside.ts";
import { settingsOf } from "../../../support/a-policy.ts";
import { aFile, doctor, type Looked } from "./doctor-world.ts";

const TOKEN = "cluster-token-that-nobody-may-read";

type ClusterWorld = {
  readonly cluster: KubernetesSim;
  readonly look: (env?: Readonly<Record<string, string>>) => Promise<Looked>;
};

async function aCluster(): Promise<ClusterWorld> {
  const pull = async () => ({ ok: true }) as const;
  const cluster = await startKubernetes({ token: TOKEN, pull });
  onTestFinished(() => cluster.close());
  const env = {
    KUBERNETES_URL: cluster.url,
    KUBERNETES_TOKEN: TOKEN,
    KUBERNETES_CA_FILE: aFile(cluster.ca),
  };
  return { cluster, look: (changes = {}) => doctor({ ...env, ...changes }) };
}

/** The same server at an address that its certificate does not list. */
async function alsoAt(address: string, port: number): Promise<string> {
  const forward = createServer((socket) => {
    const on = connect(port, "127.0.0.1");
    socket.pipe(on).pipe(socket);
    for (const end of [socket, on]) end.on("error", () => void (socket.destroy(), on.destroy()));
  });
  await new Promise<void>((resolve) => void forward.listen(0, address, resolve));
  onTestFinished(() => void forward.close());
  return `https://${address}:${(forward.address() as AddressInfo).port}`;
}

describe("cluster", () => {
  test("all rights: one line with the version and one that lists them", async () => {
    const { look } = await aCluster();

    const looked = await look();

    expect(looked.faults("cluster")).toEqual([]);
    expect(looked.line("cluster", "API server")?.found).toContain("Kubernetes v1.36.2");
    expect(looked.line("cluster", "rights")?.found).toBe(
      "list pods, list events, create pods/eviction in all namespaces",
    );
  });

  test("a right that is missing is named, with the rule to add; nothing is tried out", async () => {
    const { cluster, look } = await aCluster();
    cluster.setRules([{ verbs: ["list"], resources: ["pods", "events"] }]);

    const looked = await look();

    expect(looked.code).toBe(1);
    expect(looked.line("cluster", "rights")).toMatchObject({
      mark: "FAULT",
      found: "the account may not create pods/eviction in all namespaces",
      mend: [
        expect.stringContaining("resources [pods/eviction], verbs [create]"),
        expect.any(String),
      ],
    });
    expect(cluster.evictions).toEqual([]);
  });

  test("RESTART_METHOD=delete asks for `delete pods` instead", async () => {
    const { cluster, look } = await aCluster();
    cluster.setRules([{ verbs: ["list"], resources: ["pods", "events"] }]);

    const looked = await look({ RESTART_METHOD: "delete" });

    expect(looked.line("cluster", "rights")?.found).toContain("delete pods");
  });

  test("rights are needed in the configured namespaces alone, not in a denied one", async () => {
    const { cluster, look } = await aCluster();
    const verbs = ["list", "create"];
    const resources = ["pods", "events", "pods/eviction"];
    cluster.setRules([{ verbs, resources, namespaces: ["shop"] }]);

    const [enough, lacking] = [
      await look({ NAMESPACES: "shop,kube-system" }),
      await look({ NAMESPACES: "shop,other" }),
    ];

    expect(enough.faults("cluster")).toEqual([]);
    expect(lacking.line("cluster", "rights")?.found).toContain("in namespace other");
  });

  test.each([
    [["shop"], "-n shop --as=", "Role and RoleBinding of namespace shop"],
    [[], "--all-namespaces --as=", "ClusterRole"],
  ])(
    "a right that is missing in %j: where to add it, and how to see it",
    async (names, see, add) => {
      const { cluster, look } = await aCluster();
      cluster.setRules([{ verbs: ["list"], resources: ["pods", "events"] }]);

      const { mend } = (await look({ NAMESPACES: names.join() })).line("cluster", "rights") ?? {};

      expect(mend?.join("; ")).toContain(see);
      expect(mend?.join("; ")).toContain(add);
    },
  );

  test("a namespace without pods is a warning: its name may be misspelt", async () => {
    const { cluster, look } = await aCluster();
    cluster.apply({ kind: "bare", namespace: "shop", name: "alone", image: "x:1" });

    const looked = await look({ NAMESPACES: "shop,shpo" });

    expect(looked.faults("cluster")).toEqual([]);
    expect(looked.line("cluster", "namespace")).toMatchObject({
      mark: "warning",
      found: expect.stringContaining("shpo has no pod"),
    });
  });

  test("a certificate without the address, a CA file without a certificate, an empty token", async () => {
    const { cluster, look } = await aCluster();
    const elsewhere = await alsoAt("127.0.0.2", Number(new URL(cluster.url).port));
    const mendOf = async (env: Readonly<Record<string, string>>) => {
      const line = (await look(env)).line("cluster", "API server");
      return `${line?.found} ${line?.mend.join("; ")}`;
    };

    expect(await mendOf({ KUBERNETES_CA_FILE: aFile("") })).toMatch(/is empty.*KUBERNETES_CA_FILE/);
    expect(await mendOf({ KUBERNETES_CA_FILE: aFile("no PEM") })).toMatch(/holds no certificate/);
    expect(await mendOf({ KUBERNETES_TOKEN: " " })).toContain("KUBERNETES_TOKEN");
    const address = await mendOf({ KUBERNETES_URL: elsewhere });
    expect(address).toContain("not for this address");
    expect(address).not.toContain("KUBERNETES_CA_FILE");
  });

  test("run reads the same namespaces as doctor asks rights for: no denied one", async () => {
    const { cluster } = await aCluster();
    const resources = ["pods", "events", "pods/eviction"];
    cluster.setRules([{ verbs: ["list", "create"], resources, namespaces: ["shop"] }]);
    const settings = settingsOf({
      KUBERNETES_URL: cluster.url,
      KUBERNETES_TOKEN: TOKEN,
      KUBERNETES_CA_FILE: aFile(cluster.ca),
      NAMESPACES: "shop,kube-system",
    });
    const own = clusterOf(settings, ownClock(), () => {});
    onTestFinished(() => own?.close());

    expect(await own?.failingPods()).toEqual({ ok: true, value: [] });
  });

  test("a token that is refused, and a CA of another cluster: what to set", async () => {
    const [{ look }, another] = [await aCluster(), await aCluster()];

    const token = await look({ KUBERNETES_TOKEN: `${TOKEN}-old` });
    const ca = await look({ KUBERNETES_CA_FILE: aFile(another.cluster.ca) });

    expect(token.line("cluster", "API server")?.mend.join()).toContain("KUBERNETES_TOKEN");
    expect(ca.line("cluster", "API server")?.mend.join()).toContain("KUBERNETES_CA_FILE");
    expect(token.text + ca.text).not.toContain(TOKEN);
  });
});

async function names(): Promise<DnsServer> {
  const dns = await startDns();
  onTestFinished(() => dns.close());
  return dns;
}

const lookUp = (dns: DnsServer, env = {}): Promise<Looked> =>
  doctor(
    { DNS_SERVERS: `127.0.0.1:${dns.port}`, DNS_TIMEOUT_MS: "300", ...env },
    { dialer: siteDialer({ gatewayPort: 9 }) },
  );

describe("network", () => {
  test("names and both sources are there: no fault, no warning", async () => {
    const looked = await lookUp(await names());

    expect(looked.text).not.toMatch(/"group":"network","mark":"(warning|FAULT)"/);
    expect(looked.line("network", "IPv6 source")?.found).toBe("2001:db8:10::2");
  });

  test("a resolver that says nothing is a fault", async () => {
    const dns = await names();
    for (const type of ["A", "AAAA"] as const) dns.mode("*", "drop", type);

    const looked = await lookUp(dns);

    expect(looked.faults("network")).toEqual(["resolvers"]);
    expect(looked.line("network", "resolvers")?.mend.join()).toContain("DNS_SERVERS");
  });

  test("offline, with a resolver that knows no name, no setting is to be changed", async () => {
    const dns = await names();
    for (const type of ["A", "AAAA"] as const) dns.mode("*", "nodata", type);

    const looked = await lookUp(dns);

    expect(looked.faults("network")).toEqual(["names"]);
    expect(looked.line("network", "IPV6_CONTROLS")).toBeUndefined();
    expect(looked.text).not.toContain("name two hosts with IPv6");
  });

  test("a control that is not answered says nothing against IPV6_CONTROLS", async () => {
    const dns = await names();
    dns.mode("registry.k8s.io", "drop", "AAAA");

    const looked = await lookUp(dns);

    expect(looked.line("network", "resolvers")).toMatchObject({ mark: "warning" });
    expect(looked.line("network", "IPV6_CONTROLS")).toMatchObject({ mark: "ok" });
  });

  test("no IPv4 is a fault, no IPv6 a warning", async () => {
    const sources = { v4: null, v6: null };

    const looked = await doctor({}, { dialer: siteDialer({ gatewayPort: 9, sources }) });

    expect(looked.line("network", "IPv4 source")).toMatchObject({ mark: "FAULT" });
    expect(looked.line("network", "IPv6 source")).toMatchObject({ mark: "warning" });
  });

  test("a control without IPv6, or inside PREFIX, is a warning", async () => {
    const dns = await names();
    dns.mode("registry.k8s.io", "nodata", "AAAA");

    const looked = await lookUp(dns, { IPV6_CONTROLS: "registry.k8s.io,auth.docker.io" });

    const found = looked.line("network", "IPV6_CONTROLS")?.found;
    expect(found).toContain("registry.k8s.io has no IPv6 address (nodata)");
    expect(found).toContain("auth.docker.io lies inside PREFIX");
  });

  test("a host of the rule whose IPv6 lies outside PREFIX is named", async () => {
    const looked = await lookUp(await names(), { PREFIX: "2001:db8:77::/48" });

    expect(looked.line("network", "PREFIX")).toMatchObject({
      mark: "warning",
      found: expect.stringContaining("registry-1.docker.io 2600:1f18:"),
    });
  });
});

describe("configuration", () => {
  test("nothing set: what follows is said, and `run` would not start", async () => {
    const looked = await doctor({});

    expect(looked.code).toBe(1);
    expect(looked.faults("configuration")).toEqual([
      "WORKER_URL",
      "WORKER_TOKEN",
      "KUBERNETES_URL",
    ]);
    expect(looked.line("configuration", "ROUTER_URL")?.found).toContain("it only observes");
  });

  test("settings that work against each other are warnings", async () => {
    const looked = await doctor({
      LEASE_RESERVE_MS: "1000",
      NAMESPACES: "kube-system",
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: "9",
      WORKER_URL: "http://worker.invalid",
    });

    for (const what of ["LEASE_RESERVE_MS", "NAMESPACES", "POD_UID", "NODE_NAME"])
      expect(looked.line("configuration", what)).toMatchObject({ mark: "warning" });
    expect(looked.line("configuration", "WORKER_URL")?.found).toContain("sends the token readable");
  });
});
