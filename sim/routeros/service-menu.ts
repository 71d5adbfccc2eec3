// /ip/service: what the router listens on, and one dynamic row for each open connection.
import type { Menu } from "./menu.ts";

/** The ends of an open connection, `address:port` each. */
export type OpenConnection = { readonly local: string; readonly remote: string };

const SERVICES: readonly (readonly [string, string])[] = [
  ["ftp", "21"],
  ["ssh", "22"],
  ["telnet", "23"],
  ["www", "80"],
  ["www-ssl", "443"],
  ["reverse-proxy", "443"],
  ["winbox", "8291"],
  ["api", "8728"],
  ["api-ssl", "8729"],
];
const OFF = new Set(["ftp", "telnet", "reverse-proxy", "api", "api-ssl"]);

/** Services can't be changed here: a test that needs one changed starts another router. */
export function serviceMenu(connections: () => Iterable<OpenConnection>, own: string): Menu {
  const fixed = SERVICES.map(([name, port], at) => ({
    ".id": `*${at.toString(16).toUpperCase()}`,
    name,
    port,
    proto: "tcp",
    disabled: String(OFF.has(name)),
    dynamic: "false",
    "max-sessions": "20",
    vrf: "main",
  }));
  return {
    named: true,
    records: () => [
      ...fixed,
      ...[...connections()].map(({ local, remote }, at) => ({
        ".id": `*${(0x80000000 + at).toString(16).toUpperCase()}`,
        name: own,
        port: local.split(":").at(-1) ?? "",
        proto: "tcp",
        connection: "true",
        dynamic: "true",
        local,
        remote,
      })),
    ],
  };
}
