// What a person reads about outages, limits and everything else that no rule can mend. Pure.
import type { Round } from "../../src/protocol/round.ts";
import {
  clocksOf,
  hostFamilyWord,
  ipv6Word,
  isOffline,
  lookupsFail,
  lookupsOf,
  noneResolves,
  othersAnswer,
  resolversOf,
  statusesOf,
  unclear,
} from "./outage-details.ts";
import { proxyFor } from "../diagnosis/proxy.ts";
import type { AtHost, Words } from "./words.ts";
import { maybePoisoned, poisoned, sunk } from "./words-of-names.ts";
import { wordsOfLimit } from "./words-of-limit.ts";
import type { Policy } from "../ports/policy.ts";

/** The verdicts about everything but the IPv6 path; null for others. */
export function wordsOfOutage(
  { name, host }: AtHost,
  round: Round | null,
  policy: Policy,
): Words | null {
  switch (name) {
    case "ipv4-lost":
      return {
        sentence: `IPv4 to ${host} fails while a rule rejects its IPv6: the rule now cuts the site off.`,
        advice:
          "Our rule goes as soon as a second round shows the same. One that a person typed stays: remove it by hand.",
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
        sentence: `${host} does not answer over IPv4${hostFamilyWord(round, host)}${othersAnswer(round) ? ", while other hosts do" : ""}.`,
        advice: `Wait: the registry, or the way to it, is down. The pods retry by themselves.${maybePoisoned(host, round)}`,
      };
    case "registry-down":
      return {
        sentence: `${host} answers with an error over IPv4 (${statusesOf(round, host)}).`,
        advice: "Wait until the registry is well again. The pods retry by themselves.",
      };
    case "tls-certificate":
      return {
        sentence: `${host} shows a certificate over IPv4 that is not valid for its name.`,
        advice: `Look for TLS interception, or a wrong clock on this node.${maybePoisoned(host, round)}`,
      };
    case "rate-limited":
      return wordsOfLimit(host, round, policy);
    case "clock-skew":
      return {
        sentence: `This node's clock is off: ${clocksOf(round, policy)}. Valid certificates look invalid to it.`,
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
            sentence: `${host} ${lookupsFail(round, host)}: ${lookupsOf(round, host)};${noneResolves(round) ? " no other host does either;" : ""} asked ${resolversOf(round)}.`,
            advice: "Mend the node's resolver. No rule can help.",
          };
    case "dns-sinkhole":
      return sunk(host, round);
    case "dns-poisoned":
      return poisoned(host, round);
    case "no-ipv4":
      return {
        sentence: `This node has no IPv4 way to ${host}, and ${ipv6Word(round, host)}.`,
        advice: "A rule would leave nothing. Mend IPv6, or give the node IPv4.",
      };
    case "inconclusive":
      return round?.lookups.some((lookup) => lookup.host === host)
        ? {
            sentence: `${host}: ${unclear(round, host)}; nothing is proven.`,
            advice: "Look again later.",
          }
        : {
            sentence: `${host} was not measured: another port than 443, or too many hosts at once.`,
            advice:
              "Look at it from the node by hand: curl -4 and curl -6 to its /v2/, each with -m 15.",
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
