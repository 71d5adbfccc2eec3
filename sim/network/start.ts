// The simulated Internet in one call: DNS, registries, and the path to them with a firewall in it.
// All of it listens on loopback and needs no rights; another process needs only the two ports.
import type { Dialer } from "./dialer.ts";
import { labCertificates, type LabCertificates } from "./certificates.ts";
import { startDns, type DnsServer } from "./dns-server.ts";
import type { Firewall } from "../packet.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { createImageClient, type PullLimits, type PullResult } from "./image-client.ts";
import { RESOLVER } from "./places.ts";
import { startServers, type Servers } from "./servers.ts";
import { siteDialer, type SiteDialerOptions } from "./site-dialer.ts";

export type NetworkSimOptions = {
  /** What the router does to a packet; default: accept all. May be asked at any time. */
  readonly firewall?: Firewall;
  /** Made once for several networks; default: new ones (half a second). */
  readonly certificates?: LabCertificates;
  /** The simulated node's addresses; null: no route in that family. */
  readonly sources?: NonNullable<SiteDialerOptions["sources"]>;
  /** Default: containerd's. */
  readonly pullLimits?: PullLimits;
};

export type NetworkSim = {
  readonly dnsPort: number;
  readonly gatewayPort: number;
  readonly caPem: string;
  readonly dialer: Dialer;
  readonly dns: DnsServer;
  readonly servers: Servers;
  readonly gateway: Gateway;
  /** One pull as containerd does it, from the simulated node. */
  pull(image: string): Promise<PullResult>;
  /** Takes back every fault, mode and status. */
  heal(): void;
  close(): Promise<void>;
};

export async function startNetwork(options: NetworkSimOptions = {}): Promise<NetworkSim> {
  const certificates = options.certificates ?? (await labCertificates());
  const firewall: Firewall = options.firewall ?? (() => ({ verdict: "accept" }));
  const dns = await startDns();
  const servers = await startServers(certificates);
  const gateway = await startGateway(servers, firewall);
  const sources = options.sources === undefined ? {} : { sources: options.sources };
  const dialer = siteDialer({ gatewayPort: gateway.port, ...sources });
  const { caPem } = certificates;
  return {
    dnsPort: dns.port,
    gatewayPort: gateway.port,
    caPem,
    dialer,
    dns,
    servers,
    gateway,
    pull: createImageClient({
      dialer,
      dnsServer: "127.0.0.1",
      dnsPort: dns.port,
      dnsShownAs: RESOLVER,
      caPem,
      ...options.pullLimits,
    }),
    heal: () => {
      gateway.faults.clear();
      servers.reset();
      dns.reset();
    },
    close: async () => {
      await gateway.close();
      await servers.close();
      await dns.close();
    },
  };
}
