// What a person reads about outages, limits and everything else that no rule can mend. Pure.
import type { Round } from "../src/protocol/report.ts";
import { clockOff } from "./clock-off.ts";
import { proxyFor } from "./proxy.ts";
import type { VerdictName } from "./verdicts.ts";
import type { Words } from "./words-of-path.ts";
import type { Policy } from "./world.ts";

/** The verdicts about everything but the IPv6 path; null for others. */
export function wordsOfOutage(
  name: VerdictName,
  host: string,
  round: Round | null,
  policy: Policy,
): Words | null {
  switch (name) {
    case "ipv4-lost":
      return {
        sentence: `IPv4 to ${host} fails while a rule rejects its IPv6: the rule now cuts the site off.`,
        advice: "Our rule is withdrawn. A rule that a person typed is left: remove it by hand.",
      };
    case "ipv4-down":
      return {
        sentence: `${host}: IPv4 fails and IPv6 works.`,
        advice: "Never block IPv6 now. Mend the site's IPv4.",
      };
    case "site-offline":
      return {
        sentence: `Neither ${host} nor any control answers: this site is offline.`,
        advice: "Wait for the uplink; the pods retry by themselves.",
      };
    case "registry-unreachable":
      return {
        sentence: `${host} answers on neither family, while other hosts do.`,
        advice: "Wait: the registry, or the way to it, is down. The pods retry by themselves.",
      };
    case "registry-down":
      return {
        sentence: `${host} answers with an error over IPv4 (${statusesOf(round, host)}).`,
        advice: "Wait until the registry is well again. The pods retry by themselves.",
      };
    case "tls-certificate":
      return {
        sentence: `${host} shows a certificate over IPv4 that is not valid for its name.`,
        advice: "Look for TLS interception, or a wrong clock on this node.",
      };
    case "rate-limited":
      return {
        sentence: `${host}: the pull allowance over IPv4 is used up${allowanceOf(round)}.`,
        advice: `Wait for ${resetOf(round)}, or log in. Restarting pods makes it worse.`,
      };
    case "clock-skew":
      return {
        sentence: `This node's clock is off: ${clocksOf(round)}. Valid certificates look invalid to it.`,
        advice:
          "Set the node's clock and keep it right (chrony, systemd-timesyncd). No rule can help.",
      };
    case "proxy-in-path":
      return {
        sentence: `Clients reach ${host} through ${proxyFor(host, policy.proxy) ?? "a proxy that the pods' errors name"}, so what this node sees without it says nothing about pulls.`,
        advice:
          "Look at the proxy and at its own way to the registry. NO_PROXY names hosts that are reached directly.",
      };
    case "dns-failure":
      return isOffline(round)
        ? {
            sentence: `This machine has no way to the Internet over IPv4 or IPv6, so ${host} does not even resolve (${lookupsOf(round, host)}).`,
            advice:
              "Connect it (address, default route, resolver), then look again. No rule can help.",
          }
        : {
            sentence: `${host} does not resolve: ${lookupsOf(round, host)};${noneResolves(round) ? " no other host does either;" : ""} asked ${resolversOf(round)}.`,
            advice: "Mend the node's resolver. No rule can help.",
          };
    case "no-ipv4":
      return {
        sentence: `This node has no IPv4 way to ${host}, and IPv6 fails.`,
        advice: "A rule would leave nothing. Mend IPv6, or give the node IPv4.",
      };
    case "inconclusive":
      return round?.lookups.some((lookup) => lookup.host === host)
        ? {
            sentence: `${host}: tries differ from one another, or the link is too slow to tell; nothing is proven.`,
            advice: "Look again later.",
          }
        : {
            sentence: `${host} was not measured: another port than 443, or too many hosts at once.`,
            advice: "Measure it by hand: npm run diagnose -- HOST.",
          };
    case "not-seen-here":
      return {
        sentence: `${host} works from this node; the pods that fail run on other nodes.`,
        advice: "Run the agent on one of the nodes that fail.",
      };
    case "healthy-now":
      return {
        sentence: `${host} answers every try: the path is healthy now.`,
        advice: "The pods only need a new try.",
      };
    default:
      return null;
  }
}

function statusesOf(round: Round | null, host: string): string {
  const readings = round?.readings.filter((r) => r.host === host && r.family === "v4") ?? [];
  const statuses = new Set(
    readings.flatMap(({ status }) => (status === undefined ? [] : [status])),
  );
  return statuses.size === 0 ? "no answer over HTTP" : `HTTP ${[...statuses].join(", ")}`;
}

function lookupsOf(round: Round | null, host: string): string {
  const lookups = round?.lookups.filter((lookup) => lookup.host === host) ?? [];
  return lookups
    .map(({ family, outcome }) => `${family === "v4" ? "A" : "AAAA"} ${outcome}`)
    .join(", ");
}

/** Neither family has a way out: no address of this node would be used to reach anything. */
function isOffline(round: Round | null): boolean {
  return (
    round !== null && round.lookedFrom.sources.v4 === null && round.lookedFrom.sources.v6 === null
  );
}

/** Not even a control resolves: then it is the resolver, or the way to it. */
function noneResolves(round: Round | null): boolean {
  const controls = round?.lookups.filter(({ role }) => role === "control") ?? [];
  return controls.length > 0 && controls.every(({ outcome }) => outcome !== "answer");
}

function resolversOf(round: Round | null): string {
  const resolvers = round?.lookedFrom.resolvers ?? [];
  return resolvers.length === 0 ? "no resolver, as none is configured" : resolvers.join(", ");
}

function allowanceOf(round: Round | null): string {
  const quota = round?.quota;
  if (quota?.state !== "exhausted" || quota.limit === undefined) return "";
  const window = quota.windowS === undefined ? "" : ` in ${duration(quota.windowS)}`;
  return ` (0 left of ${quota.limit}${window})`;
}

/** Docker Hub counts over a sliding window: what it says about the reset, else what it documents. */
function resetOf(round: Round | null): string {
  const quota = round?.quota;
  if (quota?.state === "exhausted" && quota.retryAfterS !== undefined)
    return `the reset in ${duration(quota.retryAfterS)}`;
  if (quota?.state === "exhausted" && quota.windowS !== undefined)
    return `the reset, ${duration(quota.windowS)} after the pulls at the latest`;
  return "the reset (six hours at Docker Hub)";
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

function clocksOf(round: Round | null): string {
  const off = round === null ? null : clockOff(round);
  if (round === null || off === null) return "it differs from the servers'";
  const here = new Date(round.at).toISOString();
  const there = new Date(round.at + off.serversAheadMs).toISOString();
  return `it says ${here}, ${off.hosts} of ${off.of} servers say ${there}`;
}
