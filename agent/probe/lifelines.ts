// Where the Worker, the API server, the router and the resolvers are: they must stay reachable
// while the rule stands.
import net from "node:net";
import type { Lifeline } from "../ports/network.ts";
import { lookup, serversOf } from "./dns.ts";
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
  const never = new AbortController().signal;
  return Promise.all([
    ...targets.map((target) => lifeline(target, path, never)),
    ...serversOf(path.resolving).map((server) => resolver(server, path, never)),
  ]);
}

async function lifeline(
  { what, host, port }: LifelineTarget,
  path: NodePath,
  end: AbortSignal,
): Promise<Lifeline> {
  const [v4, v6] = await Promise.all([
    lookup({ host, role: "control", family: "v4" }, path.resolving, end),
    lookup({ host, role: "control", family: "v6" }, path.resolving, end),
  ]);
  const [address] = v4.addresses;
  const v4Works = address !== undefined && (await connects(address, port, path, end));
  return { what, host, v6: v6.addresses, v4Works };
}

async function connects(
  address: string,
  port: number,
  path: NodePath,
  end: AbortSignal,
): Promise<boolean> {
  const tcp = await limited(path.limits.tcpMs, end, (signal) =>
    path.dialer.connect(address, port, signal),
  );
  if (tcp.kind === "done") tcp.value.destroy();
  return tcp.kind === "done";
}

/** Resolvers speak UDP, so "works" means here that it answers a question. */
async function resolver(server: string, path: NodePath, end: AbortSignal): Promise<Lifeline> {
  const host = addressOf(server);
  if (net.isIPv6(host)) return { what: "resolver", host, v6: [host], v4Works: false };
  const question = { host: "registry-1.docker.io", role: "registry", family: "v4" } as const;
  const asked = { ...path.resolving, hostsFile: "", servers: [server] };
  const { outcome } = await lookup(question, asked, end);
  const v4Works = outcome !== "timeout" && outcome !== "failure";
  return { what: "resolver", host, v6: [], v4Works };
}

/** `1.2.3.4:53`, `[2001:db8::1]:53` and bare addresses. */
function addressOf(server: string): string {
  if (net.isIP(server) !== 0) return server;
  const bracketed = /^\[([^\]]*)\]/.exec(server);
  return bracketed?.[1] ?? server.replace(/:\d+$/, "");
}
