// What a person reads about a fault of the IPv6 path. Pure.
import type { Round } from "../../src/protocol/round.ts";
import { coversAll } from "../basics/networks.ts";
import { addressStates, hostFamily, isAfterTcp } from "../diagnosis/family-state.ts";
import type { AtHost, Words } from "./words.ts";
import { clampAdvice, wordsOfMtu } from "./words-of-stall.ts";
import { PAST_THE_RULE } from "../diagnosis/past-the-rule.ts";
import type { Policy } from "../ports/policy.ts";

/** The verdicts about IPv6 while IPv4 works; null for others. */
export function wordsOfPath(
  { name, host }: AtHost,
  round: Round | null,
  policy: Policy,
): Words | null {
  const rule = `The rule that rejects IPv6 to ${policy.prefix} on the router makes clients use IPv4.`;
  switch (name) {
    case "ipv6-tls-stall":
      return {
        sentence: `${host}: over IPv6 TCP connects but TLS never completes; IPv4 works in every try.`,
        advice: rule,
      };
    case "ipv6-tls-reset":
      return {
        sentence: `${host}: over IPv6 the connection is reset during TLS; IPv4 works in every try.`,
        advice: rule,
      };
    case "ipv6-wrong-certificate":
      return {
        sentence: `${host}: over IPv6 somebody else's certificate is shown; IPv4 shows the right one.`,
        advice: `${rule} Somebody answers in the registry's place over IPv6: find out who.`,
      };
    case "path-mtu":
      return wordsOfMtu(host, round, stopGap(round, policy));
    case "ipv6-stall-everywhere":
      return (
        cutEverywhere(host, round) ?? {
          sentence: `IPv6 TLS stalls at ${host} and at every control too: this site's IPv6 is broken beyond TCP.`,
          advice: `Most often large packets are lost on the uplink; clamp, and look again. ${clampAdvice(["v6"])} ${stopGap(round, policy)}`,
        }
      );
    case "ipv6-partial":
      return {
        sentence: `${host}: over IPv6 ${partOf(host, round)} fails after TCP, the rest answers.`,
        advice: "Part of the registry's IPv6 is broken; the rule would help. A person decides.",
      };
    case "ipv6-blob-stall":
      return {
        sentence: `${host}, from which the image's layers come, stalls over IPv6 after TCP; the registry itself works.`,
        advice: `The rule for ${policy.prefix} does not cover it, and its network holds a large part of the web: mend the IPv6 path to it, or prefer IPv4 on the nodes.`,
      };
    case "ipv6-not-preferred":
      return {
        sentence: `${host}: over IPv6 TLS fails after TCP, but this node dials IPv4 first (RFC 6724), so its pulls do not meet the fault.`,
        advice:
          "No rule is needed for this node. Look for another cause, and mend IPv6 when there is time.",
      };
    case "ipv6-http-fault":
      return {
        sentence: `${host}: over IPv6 TLS completes but HTTP does not answer as it should; IPv4 does.`,
        advice: "The rule would help. A person decides.",
      };
    case "not-covered":
      return {
        sentence: `${host} fails over IPv6 after TCP, but the rule for ${policy.prefix} does not cover ${nameUncovered(host, round, policy)}.`,
        advice: `IPv4 works there, so a rule for it would help. Only if you know what else lives in its network: RULE_HOSTS=${host} and PREFIX a network that holds ${ipv6Of(host, round)}.`,
      };
    case "rule-active":
      return {
        sentence: `${host}: a rule on the router already rejects its IPv6, and IPv4 works.`,
        advice: "The pods only need a new try.",
      };
    case "rule-ineffective":
      return {
        sentence: `${host}: a rule that should reject its IPv6 is on the router, but IPv6 is still reached.`,
        advice: `Check that this node's IPv6 passes that router's firewall: ${PAST_THE_RULE}.`,
      };
    case "ipv6-unreachable":
      return {
        sentence: `${host}: IPv6 does not connect at all; clients fall back to IPv4 by themselves.`,
        advice: "No rule is needed. Look for another cause, and mend IPv6 when there is time.",
      };
    case "no-ipv6":
      return {
        sentence: `${host}: this node has no IPv6 way to it, so IPv6 is not the cause; IPv4 works.`,
        advice: "No rule is needed. Look for another cause.",
      };
    case "ipv6-slow":
      return {
        sentence: `${host}: IPv6 answers, but much slower than IPv4.`,
        advice: "Pulls work. Look at the IPv6 uplink when there is time.",
      };
    default:
      return null;
  }
}

/** Not a stall but an answer of somebody on the way: the size of packets is not the cause. */
function cutEverywhere(host: string, round: Round | null): Words | null {
  const outcomes = new Set(
    round === null ? [] : hostFamily(round, host, "v6").readings.map(({ outcome }) => outcome),
  );
  if (outcomes.has("timeout") || outcomes.has("unknown") || outcomes.size === 0) return null;
  const how = outcomes.has("certificate")
    ? "somebody else's certificate is shown"
    : "the connection is reset during TLS";
  return {
    sentence: `Over IPv6 ${how} at ${host} and at every control too: something on this site's IPv6 path answers for everybody.`,
    advice: "Find who does: a firewall, a portal or an interception of TLS that knows IPv6 alone.",
  };
}

/** Where other hosts that a pull needs stall too, the rule would not even be a stop-gap. */
function stopGap(round: Round | null, policy: Policy): string {
  const others = round === null ? [] : stallingOutside(round, policy);
  return others.length === 0
    ? `The rule for ${policy.prefix} is only a stop-gap.`
    : `The rule for ${policy.prefix} would not be enough: ${others.join(", ")} stalls too and lies outside it.`;
}

/** Hosts that fail over IPv6 after TCP and that the rule does not cover; the controls do not count. */
function stallingOutside(round: Round, { ruleHosts, prefix }: Policy): string[] {
  return round.lookups
    .filter(({ family, role }) => family === "v6" && role !== "control")
    .filter(({ host }) => hostFamily(round, host, "v6").state === "post")
    .filter(({ host, addresses }) => !ruleHosts.includes(host) || !coversAll(prefix, addresses))
    .map(({ host }) => host);
}

function nameUncovered(host: string, round: Round | null, policy: Policy): string {
  const others = round === null ? [] : stallingOutside(round, policy);
  return others.length === 0 || others.includes(host)
    ? "it"
    : `${others.join(", ")}, which fails too`;
}

/** The addresses that fail in all their tries, else how many of the tries do. */
function partOf(host: string, round: Round | null): string {
  const readings = round === null ? [] : hostFamily(round, host, "v6").readings;
  const bad = [...addressStates(readings)].filter(([, state]) => state === "post");
  if (bad.length > 0) return bad.map(([address]) => address).join(", ");
  return `${readings.filter(isAfterTcp).length} of ${readings.length} tries (and half of the tries of three rounds)`;
}

function ipv6Of(host: string, round: Round | null): string {
  const addresses = round === null ? [] : (hostFamily(round, host, "v6").lookup?.addresses ?? []);
  return addresses.length === 0 ? "its IPv6 addresses" : addresses.join(", ");
}
