// Connections that were never on the way to a registry: a peer on this node, or on another port than
// the one asked for.
import { isLocalHost } from "./host.ts";
import { kindOf, type Label } from "./labels.ts";
import { isDialledFor, type Peer } from "./peers.ts";

const HTTPS = "443";
const DNS = "53";
const WEB_PORTS: ReadonlySet<string> = new Set([HTTPS, "80"]);

/** A failed connection in a text: who was asked (null if it names nobody), and who was dialled. */
type Connection = {
  readonly text: string;
  readonly label: Label;
  readonly asked: string | null;
  readonly peer: Peer | undefined;
};

/**
 * The label of a failed connection, less what is no path: a registry or mirror on this very node
 * (`registry.unavailable`), a proxy (`proxy.error`), a name that leads nowhere (`dns.sinkhole`).
 */
export function withoutLocalPeers({ text, label, asked, peer }: Connection): Label {
  if (kindOf(label) !== "path") return label;
  if (asked !== null && isLocalHost(asked)) return "registry.unavailable";
  if (peer === undefined) return label;
  const dialled = portOf(peer.address);
  if (dialled === DNS) return "dns.resolver_down";
  const isAskedPort = asked === null ? WEB_PORTS.has(dialled) : portOf(asked) === dialled;
  // A client that dials another port than it was asked for goes through a proxy.
  if (!isAskedPort && (peer.isLocal || isDialledFor(text, peer))) return "proxy.error";
  return peer.isLocal ? "dns.sinkhole" : label;
}

function portOf(authority: string): string {
  return /:(\d{1,5})$/.exec(authority.replace(/^\[.*\]/, ""))?.[1] ?? HTTPS;
}
