// One HTTPS request as Go's net/http makes it with containerd's settings, and with Go's words for
// what goes wrong (golang/go src/net; containerd core/remotes/docker/registry.go).
import type { Socket } from "node:net";
import { exchange, type Answer } from "../../agent/probe/exchange.ts";
import { errorCode, errorText } from "../../agent/probe/failure.ts";
import { dialAsGo, sortedAsGo, type Dial } from "../../agent/probe/go-dial.ts";
import { handshake } from "../../agent/probe/handshake.ts";
import { limited } from "../../agent/probe/limit.ts";
import type { NodePath } from "../../agent/probe/node-path.ts";
import { lookup } from "../../agent/probe/dns.ts";
import type { Lookup } from "../../src/protocol/round.ts";
import { NODE_SOURCES, RESOLVER } from "./places.ts";

export type Fetched =
  | {
      readonly ok: true;
      readonly answer: Answer;
      readonly family: "v4" | "v6";
      readonly address: string;
    }
  | { readonly ok: false; readonly text: string };

const MOST_BYTES = 1_048_576;

/** `text` is what stands behind `Get "URL": ` in Go's error. */
export async function goFetch(
  method: "GET" | "HEAD",
  url: URL,
  headers: Readonly<Record<string, string>>,
  path: NodePath,
): Promise<Fetched> {
  const end = new AbortController().signal;
  const host = url.hostname;
  const [v4, v6] = await Promise.all([
    lookup({ host, role: "registry", family: "v4" }, path.resolving, end),
    lookup({ host, role: "registry", family: "v6" }, path.resolving, end),
  ]);
  const order = await sortedAsGo(v4.addresses, v6.addresses, path.dialer);
  const dial = await dialAsGo(order, path.dialer, path.limits, end);
  if (dial === null) return { ok: false, text: `dial tcp: ${lookupText(host, v4, v6)}` };
  const peer = dial.address.includes(":") ? `[${dial.address}]:443` : `${dial.address}:443`;
  if (!dial.ok) return { ok: false, text: `dial tcp ${peer}: ${dialText(dial)}` };
  const family = dial.address.includes(":") ? "v6" : "v4";
  const from = family === "v6" ? `[${NODE_SOURCES.v6}]` : NODE_SOURCES.v4;
  const link = `${from}:${dial.socket.localPort}->${peer}`;
  try {
    const spoken = await speakHttps(method, url, headers, dial.socket, path);
    if (typeof spoken === "string") return { ok: false, text: spoken.replace("LINK", link) };
    return { ok: true, answer: spoken, family, address: dial.address };
  } finally {
    dial.socket.destroy();
  }
}

/** A text instead of an answer is Go's error; LINK stands for both ends of the connection. */
async function speakHttps(
  method: "GET" | "HEAD",
  url: URL,
  headers: Readonly<Record<string, string>>,
  connection: Socket,
  path: NodePath,
): Promise<Answer | string> {
  const end = new AbortController().signal;
  const host = url.hostname;
  const tls = await limited(path.limits.tlsMs, end, (signal) =>
    handshake(connection, host, path.trust, signal),
  );
  if (tls.kind === "failed") return lostText(tls.error);
  if (tls.kind !== "done") return "net/http: TLS handshake timeout";
  if (tls.value.certificateFault !== null) return x509Text(tls.value.certificateFault.text, host);
  const ask = { method, host, path: `${url.pathname}${url.search}`, headers };
  const http = await limited(path.limits.httpMs, end, (signal) =>
    exchange(tls.value.socket, ask, MOST_BYTES, signal),
  );
  if (http.kind === "failed") return lostText(http.error);
  return http.kind === "done" ? http.value : "net/http: timeout awaiting response headers";
}

const DIAL_TEXTS: Readonly<Record<string, string>> = {
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  EACCES: "connect: permission denied",
  ECONNREFUSED: "connect: connection refused",
};

function dialText({ ended }: Extract<Dial, { ok: false }>): string {
  if (ended.kind !== "failed") return "i/o timeout";
  return DIAL_TEXTS[errorCode(ended.error)] ?? `connect: ${errorText(ended.error)}`;
}

function lostText(error: unknown): string {
  const reset = errorCode(error) === "ECONNRESET" || errorCode(error) === "EPIPE";
  return reset ? "read tcp LINK: read: connection reset by peer" : errorText(error);
}

function x509Text(fault: string, host: string): string {
  const names = / for (DNS:.*)$/.exec(fault)?.[1]?.replaceAll("DNS:", "");
  const why =
    fault.startsWith("ERR_TLS_CERT_ALTNAME_INVALID") && names !== undefined
      ? `certificate is valid for ${names}, not ${host}`
      : "certificate signed by unknown authority";
  return `tls: failed to verify certificate: x509: ${why}`;
}

function lookupText(host: string, v4: Lookup, v6: Lookup): string {
  const outcomes = [v4.outcome, v6.outcome];
  const asked = `lookup ${host} on ${RESOLVER}`;
  if (outcomes.includes("timeout"))
    return `${asked}: read udp ${NODE_SOURCES.v4}:40961->${RESOLVER}: i/o timeout`;
  return outcomes.includes("failure") ? `${asked}: server misbehaving` : `${asked}: no such host`;
}
