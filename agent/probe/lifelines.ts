// Where the Worker, the API server, the router and the resolvers are: they must stay reachable
// while the rule stands.
import net from "node:net";
import type { Family } from "../../src/protocol/round.ts";
import type { Lifeline } from "../ports/network.ts";
import type { Endpoint } from "./dialer.ts";
import { lookup, lookupBoth, serversOf } from "./dns.ts";
import { limited } from "../sockets/limit.ts";
import type { NodePath } from "./node-path.ts";

export type LifelineTarget = {
  readonly what: string;
  readonly host: string;
  readonly port: number;
};

/** One entry per target and one per resolver. Never rejects; ends within the DNS and TCP limits. */
export async function findLifelines(
  targets: readonly LifelineTarget[],
  path: NodePath,
): Promise<readonly Lifeline[]> {
  return Promise.all([
    ...targets.map((target) => tryTarget(target, path)),
    ...serversOf(path.resolving).map((server) => tryResolver(server, path)),
  ]);
}

/** Those that answer a connection over this family now, as `Worker (backon.example)`. Never rejects. */
export async function reachedOver(
  family: Family,
  targets: readonly LifelineTarget[],
  path: NodePath,
): Promise<readonly string[]> {
  const tried = await Promise.all(
    targets.map(async ({ what, host, port }) => {
      const { addresses } = await lookup({ host, role: "control", family }, path.resolving);
      const [address] = addresses;
      const works = address !== undefined && (await connects({ address, port }, path));
      return works ? [`${what} (${host})`] : [];
    }),
  );
  return tried.flat();
}

async function tryTarget({ what, host, port }: LifelineTarget, path: NodePath): Promise<Lifeline> {
  const { v4, v6 } = await lookupBoth({ host, role: "control" }, path.resolving);
  const [address] = v4.addresses;
  const v4Works = address !== undefined && (await connects({ address, port }, path));
  const unknown = v6.outcome === "timeout" || v6.outcome === "failure";
  const v6Unknown = unknown ? ({ v6Unknown: true } as const) : {};
  return { what, host, v6: v6.addresses, ...v6Unknown, v4Works };
}

async function connects(to: Endpoint, path: NodePath): Promise<boolean> {
  const tcp = await limited(path.limits.tcpMs, undefined, (signal) =>
    path.dialer.connect(to, signal),
  );
  if (tcp.kind === "done") tcp.value.destroy();
  return tcp.kind === "done";
}

/** Resolvers speak UDP, so "works" means here that it answers a question. */
async function tryResolver(server: string, path: NodePath): Promise<Lifeline> {
  const host = addressOf(server);
  if (net.isIPv6(host)) return { what: "resolver", host, v6: [host], v4Works: false };
  const question = { host: "registry-1.docker.io", role: "registry", family: "v4" } as const;
  const asked = { ...path.resolving, hostsFile: "", servers: [server] };
  const { outcome } = await lookup(question, asked);
  const v4Works = outcome !== "timeout" && outcome !== "failure";
  return { what: "resolver", host, v6: [], v4Works };
}

/** `1.2.3.4:53`, `[2001:db8::1]:53` and bare addresses. */
function addressOf(server: string): string {
  if (net.isIP(server) !== 0) return server;
  const bracketed = /^\[([^\]]*)\]/.exec(server);
  return bracketed?.[1] ?? server.replace(/:\d+$/, "");
}
