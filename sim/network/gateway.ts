// The path between the simulated node and the simulated Internet, a firewall in the middle. A
// client sends one line, `v6 2600:1f18:2148:bc00::10 443`, and gets what a dial would get: `ok`
// and then the connection, an errno such as `EHOSTUNREACH`, or nothing at all.
import { once } from "node:events";
import net from "node:net";
import { faultList, type Fault, type Faults } from "./faults.ts";
import type { Firewall, Verdict } from "../packet.ts";
import { forwardConnection } from "./forwarding.ts";
import { hostAt } from "./places.ts";
import type { Servers } from "./servers.ts";

export type Gateway = {
  readonly port: number;
  readonly faults: Faults;
  /** Every dial that arrived, oldest first. */
  readonly dials: readonly {
    readonly address: string;
    readonly port: number;
    readonly at: number;
  }[];
  close(): Promise<void>;
};

/** Listens on 127.0.0.1. The firewall is asked for every packet of IPv6, and of IPv4 for the first. */
export async function startGateway(servers: Servers, firewall: Firewall): Promise<Gateway> {
  const faults = faultList();
  const open = new Set<net.Socket>();
  const dials: { address: string; port: number; at: number }[] = [];
  const server = net.createServer((client) => {
    open.add(client);
    client.on("close", () => open.delete(client));
    client.on("error", () => client.destroy()); // The dialling side went away.
    readDial(client, (address, port) => {
      dials.push({ address, port, at: Date.now() });
      admit({ client, address, port, servers, firewall, fault: faults.of(address) });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    faults,
    dials,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const client of open) client.destroy();
      await closed;
    },
  };
}

/** A client with a link of 1,500 bytes, IPv4 without options. */
const MOST_MSS = 1_460;

function readDial(client: net.Socket, dial: (address: string, port: number) => void): void {
  let text = "";
  const onData = (chunk: Buffer): void => {
    text += chunk.toString("latin1");
    const line = /^(v4|v6) (\S{2,45}) (\d{1,5})\n$/.exec(text);
    if (line?.[2] !== undefined && net.isIP(line[2]) !== 0) {
      client.off("data", onData);
      dial(line[2], Number(line[3]));
    } else if (text.includes("\n") || text.length > 64) client.destroy();
  };
  client.on("data", onData);
}

type Dial = {
  readonly client: net.Socket;
  readonly address: string;
  readonly port: number;
  readonly servers: Servers;
  readonly firewall: Firewall;
  readonly fault: Fault | null;
};

function admit(dial: Dial): void {
  const { client, address, port, firewall, fault } = dial;
  const srcPort = client.remotePort ?? 0;
  const verdict = firewall({
    chain: "forward",
    family: address.includes(":") ? "v6" : "v4",
    dstAddress: address,
    dstPort: port,
    protocol: "tcp",
    syn: true,
    ack: false,
    srcPort,
  });
  if (verdict.verdict === "drop") return;
  if (verdict.verdict === "reject") return refuse(client, errnoOf(verdict));
  if (fault?.kind === "tcp-drop") return;
  if (fault?.kind === "tcp-refuse") return refuse(client, "ECONNREFUSED");
  if (fault?.kind === "unreachable" || hostAt(address) === null)
    return refuse(client, "EHOSTUNREACH");
  if (port !== 443) return refuse(client, "ECONNREFUSED");
  forwardConnection({ ...dial, mss: verdict.mss ?? MOST_MSS });
}

function refuse(client: net.Socket, errno: string): void {
  client.end(`${errno}\n`);
}

/** What Linux makes of each kind of reject (network lab, seen with real routers). */
function errnoOf(verdict: Extract<Verdict, { verdict: "reject" }>): string {
  switch (verdict.with) {
    case "icmp-no-route":
      return "ENETUNREACH";
    case "icmp-admin-prohibited":
      return "EACCES";
    case "icmp-port-unreachable":
    case "tcp-reset":
      return "ECONNREFUSED";
    default:
      return "EHOSTUNREACH";
  }
}
