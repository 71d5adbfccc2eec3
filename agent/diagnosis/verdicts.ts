// The closed list of verdicts (docs/design.md section 5), gravest first, and what follows each.
import { LABELS, type Label } from "../classify/classify.ts";

/** Gravest first: what makes us act, then what a person must know, then the quiet ones. */
export const PROBED_VERDICTS = [
  "ipv4-lost",
  "ipv6-tls-stall",
  "ipv6-tls-reset",
  "ipv6-wrong-certificate",
  "path-mtu",
  "ipv6-stall-everywhere",
  "ipv6-partial",
  "ipv6-http-fault",
  "ipv6-blob-stall",
  "not-covered",
  "rule-ineffective",
  "ipv4-down",
  "stall-everywhere",
  "site-offline",
  "clock-skew",
  "proxy-in-path",
  "dns-sinkhole",
  "dns-poisoned",
  "dns-failure",
  "no-ipv4",
  "registry-stalls",
  "registry-unreachable",
  "registry-down",
  "tls-certificate",
  "rate-limited",
  "rule-active",
  "inconclusive",
  "not-seen-here",
  "ipv6-not-preferred",
  "ipv6-unreachable",
  "no-ipv6",
  "ipv6-slow",
  "healthy-now",
] as const;
export type ProbedVerdict = (typeof PROBED_VERDICTS)[number];

/** No pod fails; the pods could not be read; nothing asked for them. */
export const UNPROBED_VERDICTS = ["nothing-failing", "could-not-look", "not-looked"] as const;
type UnprobedVerdict = (typeof UNPROBED_VERDICTS)[number];

/** A pod whose own message names the cause gets that label as its verdict. */
export type VerdictName = ProbedVerdict | Label | UnprobedVerdict;

export type FollowUp = "rule" | "ask" | "restart" | "withdraw" | "nothing";

/** What a verdict allows. Everything that is not named here touches nothing. */
export function followUp(name: VerdictName, stopGap: "ask" | "never" | "allow"): FollowUp {
  switch (name) {
    case "ipv6-tls-stall":
    case "ipv6-tls-reset":
    case "ipv6-wrong-certificate":
      return "rule";
    case "path-mtu":
    case "ipv6-stall-everywhere":
      return stopGap === "allow" ? "rule" : stopGap === "ask" ? "ask" : "nothing";
    case "ipv6-http-fault":
    case "ipv6-partial":
      return "ask";
    case "rule-active":
    case "healthy-now":
      return "restart";
    case "ipv4-lost":
      return "withdraw";
    default:
      return "nothing";
  }
}

/** Lower is graver. Labels of the text come after everything that the probes proved and acts. */
function gravity(name: VerdictName): number {
  const order: readonly string[] = [...PROBED_VERDICTS, ...LABELS, ...UNPROBED_VERDICTS];
  const quiet = order.indexOf("ipv6-unreachable");
  const isLabel = LABELS.some((label) => label === name);
  return isLabel ? quiet - 0.5 : order.indexOf(name);
}

export function gravest(names: readonly VerdictName[]): VerdictName {
  return names.toSorted((a, b) => gravity(a) - gravity(b))[0] ?? "nothing-failing";
}
