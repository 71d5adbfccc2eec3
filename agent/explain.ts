// A verdict → the sentence and the advice that a person reads. Pure.
import type { Round, Verdict } from "../src/protocol/report.ts";
import { hostFamily, type HostFamily } from "./family-state.ts";
import type { VerdictName } from "./verdicts.ts";
import type { Policy } from "./world.ts";

type Words = { readonly sentence: string; readonly advice: string };

/** `host` null: no host is at fault. `name` decides the words; the round supplies the figures. */
export function explain(
  name: VerdictName,
  host: string | null,
  round: Round | null,
  policy: Policy,
): Verdict {
  const { sentence, advice } = wordsFor(name, host ?? "the registry", round, policy);
  return { host, name, sentence, advice, evidence: round && host ? evidenceOf(round, host) : [] };
}

function wordsFor(name: VerdictName, host: string, round: Round | null, policy: Policy): Words {
  const fixed = wordsOfPath(name, host, policy) ?? wordsOfOutage(name, host, round);
  if (fixed !== null) return fixed;
  if (name === "nothing-failing")
    return {
      sentence: "No pod waits for an image.",
      advice: "Nothing to do; the alert will end by itself.",
    };
  return {
    sentence: `The pods' own messages say: ${name}. That is not the network path.`,
    advice: "A person must look at the image, its credentials, the node or the policy named there.",
  };
}

function wordsOfPath(name: VerdictName, host: string, policy: Policy): Words | null {
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
    case "ipv6-stall-everywhere":
      return {
        sentence: `IPv6 TLS stalls at ${host} and at every control too: this site's IPv6 is broken beyond TCP.`,
        advice: `Look at MTU and MSS on the IPv6 uplink first. The rule for ${policy.prefix} is only a stop-gap.`,
      };
    case "ipv6-partial":
      return {
        sentence: `${host}: one of its IPv6 addresses fails after TCP in every try, others answer.`,
        advice: "Part of the registry's IPv6 is broken; the rule would help. A person decides.",
      };
    case "ipv6-http-fault":
      return {
        sentence: `${host}: over IPv6 TLS completes but HTTP does not answer as it should; IPv4 does.`,
        advice: "The rule would help. A person decides.",
      };
    case "not-covered":
      return {
        sentence: `${host} fails over IPv6 after TCP, but the rule for ${policy.prefix} does not cover it.`,
        advice: "Set PREFIX and RULE_HOSTS for it only if you know what else lives in its network.",
      };
    case "rule-active":
      return {
        sentence: `${host}: a rule on the router already rejects its IPv6, and IPv4 works.`,
        advice: "The pods only need a new try.",
      };
    case "rule-ineffective":
      return {
        sentence: `${host}: a rule that should reject its IPv6 is on the router, but IPv6 is still reached.`,
        advice:
          "Check that this node's IPv6 passes that router: another gateway, hardware offload, or an earlier rule.",
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

function wordsOfOutage(name: VerdictName, host: string, round: Round | null): Words | null {
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
        sentence: `${host}: the pull allowance over IPv4 is used up.`,
        advice:
          "Wait for the reset (six hours at Docker Hub) or log in. Restarting pods makes it worse.",
      };
    case "dns-failure":
      return {
        sentence: `${host} does not resolve: ${lookupsOf(round, host)}.`,
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
            sentence: `${host}: tries differ from one another; nothing is proven.`,
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

function evidenceOf(round: Round, host: string): string[] {
  return (["v4", "v6"] as const).map((family) => {
    const seen = hostFamily(round, host, family);
    return `${family === "v4" ? "IPv4" : "IPv6"}: ${seen.state} (${detailOf(seen)})`;
  });
}

function detailOf({ lookup, readings }: HostFamily): string {
  if (readings.length === 0) return `DNS ${lookup?.outcome ?? "not asked"}`;
  const counts = new Map<string, number>();
  for (const { outcome, reached, status } of readings) {
    const word = outcome === "ok" ? "ok" : `${outcome}${status ?? ""} after ${reached}`;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Array.from(counts, ([word, count]) => `${count} × ${word}`).join(", ");
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
