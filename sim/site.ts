// A whole simulated site on loopback: the Internet with its registries, a MikroTik router whose
// rule table decides over the IPv6 packets, and a cluster whose pods pull through both.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKubernetes, type KubernetesSim } from "./kubernetes/server.ts";
import type { LabCertificates } from "./network/certificates.ts";
import type { PullLimits } from "./network/image-client.ts";
import { startNetwork, type NetworkSim } from "./network/start.ts";
import { homeRules } from "./routeros/home-rules.ts";
import { startRouterOs, type RouterOs, type RouterOsOptions } from "./routeros/server.ts";

export type SiteOptions = {
  readonly certificates?: LabCertificates;
  readonly pullLimits?: PullLimits;
  readonly router?: Partial<RouterOsOptions>;
  /** The simulated kubelet's back-off, ms: 10 s to 300 s as in Kubernetes if left out. */
  readonly kubelet?: { readonly backOffMs?: number; readonly maxBackOffMs?: number };
};

export type Site = {
  readonly network: NetworkSim;
  readonly router: RouterOs;
  readonly cluster: KubernetesSim;
  /** The environment of an agent on node-a of this site, without the Worker's part. */
  readonly agentEnvironment: Record<string, string>;
  close(): Promise<void>;
};

const ROUTER_USER = "backon";
const ROUTER_PASSWORD = "not-a-secret-of-anybody";
const CLUSTER_TOKEN = "cluster-token-of-the-simulated-site";

export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const router = await startRouterOs({
    user: ROUTER_USER,
    password: ROUTER_PASSWORD,
    rules: homeRules,
    ...options.router,
  });
  const network = await startNetwork({
    firewall: (packet) => router.decide(packet),
    ...(options.certificates === undefined ? {} : { certificates: options.certificates }),
    ...(options.pullLimits === undefined ? {} : { pullLimits: options.pullLimits }),
  });
  const cluster = await startKubernetes({
    token: CLUSTER_TOKEN,
    pull: (image) => network.pull(image),
    ...options.kubelet,
  });
  const folder = await mkdtemp(join(tmpdir(), "backon-site-"));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    network,
    router,
    cluster,
    agentEnvironment: {
      SITE_GATEWAY_PORT: String(network.gatewayPort),
      DNS_SERVERS: `127.0.0.1:${network.dnsPort}`,
      HOSTS_FILE: await file("hosts", ""),
      EXTRA_CA_FILE: await file("registries-ca.pem", network.caPem),
      ROUTER_URL: router.url,
      ROUTER_USER,
      ROUTER_PASSWORD,
      ROUTER_CA_FILE: await file("router-ca.pem", router.ca),
      KUBERNETES_URL: cluster.url,
      KUBERNETES_TOKEN: CLUSTER_TOKEN,
      KUBERNETES_CA_FILE: await file("cluster-ca.pem", cluster.ca),
      NODE_NAME: "node-a",
      HEALTH_PORT: "0",
    },
    async close() {
      await cluster.close();
      await network.close();
      await router.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
