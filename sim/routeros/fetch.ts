// `/tool/fetch` and `/ping`: the router itself goes out.
import { durationMs } from "./duration.ts";
import { found, refusal, type Reply } from "./errors.ts";
import type { Switches } from "./switches.ts";

/** What the far side does with the router's own requests. */
export type FarSide = "200" | "401" | "404" | "stalls" | "refuses";

type Given = Readonly<Record<string, unknown>>;

/** First version with each argument (restraml); the others were always there. */
const SINCE: Readonly<Record<string, readonly [number, number]>> = {
  "ip-type": [7, 24],
  "http-version": [7, 22],
  "http-percent-encoding": [7, 21],
  "idle-timeout": [7, 15],
};
const ARGUMENTS = new Set(
  `address as-value ascii certificate check-certificate dst-path duration host http-auth-scheme
  http-content-encoding http-data http-header-field http-max-redirect-count http-method
  http-percent-encoding http-version idle-timeout ip-type keep-result mode once output password
  port proplist src-address src-path upload url user without-paging`.split(/\s+/),
);
const REASONS: Readonly<Record<string, string>> = { 401: "Unauthorized", 404: "Not Found" };
/** How long a fetch keeps its user waiting, ms: a stalled one until the first of its limits. */
export function fetchTakesMs(far: FarSide, given: Given): number {
  if (far !== "stalls") return 0;
  const limits = [given["duration"], given["idle-timeout"]].map((text) => durationMs(String(text)));
  return Math.min(...limits.map((ms) => ms ?? Infinity));
}

export function fetchTool(far: FarSide, version: string, switches: Switches, given: Given): Reply {
  const unknown = Object.keys(given).find((name) => !knows(version, name));
  if (unknown !== undefined) return refusal(400, `unknown parameter ${unknown}`);
  if (given["url"] === undefined) return refusal(400, "missing =url=");
  const connecting = { ".section": "0", status: "connecting" };
  if (far === "stalls")
    return switches.fetchStalled === "failure"
      ? refusal(400, "failure: closing connection: <TLS handshake timed out>")
      : found([connecting, { ".section": "1", status: "failed" }]);
  if (far === "refuses") return refusal(400, "failure: connection refused");
  if (far !== "200" && switches.fetchRefused === "failure")
    return refusal(400, `failure: Status ${far}, ${REASONS[far]}`);
  const end = { code: far, downloaded: "0", duration: "1s", status: "finished", total: "0" };
  return found([connecting, { ".section": "1", ...end }]);
}

function knows(version: string, name: string): boolean {
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const [since, sinceMinor] = SINCE[name] ?? [0, 0];
  const young = Number(major) < since || (Number(major) === since && Number(minor) < sinceMinor);
  return ARGUMENTS.has(name) && !young;
}

/** One echo that is never answered: nothing here asks more of it. */
export function ping({ address, count }: Given): Reply {
  if (typeof address !== "string") return refusal(400, "missing =address=");
  if (count === undefined) return refusal(400, "Session closed");
  const echo = { ".section": "0", host: address, seq: "0", status: "timeout" };
  return found([{ ...echo, "packet-loss": "100", received: "0", sent: "1" }]);
}
