// Readings → verdict, one failing host at a time. Pure. Rows: docs/design.md section 5, in
// its order: the first that matches decides.
import type { Round } from "../../src/protocol/round.ts";
import type { Question } from "./question.ts";
import { areBlocked, coversAll } from "../basics/networks.ts";
import { clockOff } from "./clock-off.ts";
import { DOCKER_HUB } from "./image-reference.ts";
import { alwaysStoodStill, failedInHalf, isPartial } from "./comes-and-goes.ts";
import { hostFamily, medianMs, stateOf, type HostFamily } from "./family-state.ts";
import { largePacketsTo } from "./large-packets.ts";
import { isPoisoned } from "./poisoned-name.ts";
import { isSunk } from "./sunk-name.ts";
import { withoutIpv4 } from "./without-ipv4.ts";
import { pullHosts } from "./pull-hosts.ts";
import { silenceIsNoProof } from "./slow-link.ts";
import type { ProbedVerdict } from "./verdicts.ts";
import type { Policy } from "../ports/policy.ts";

/** The verdict on one host. */
export function diagnose(question: Question): ProbedVerdict {
  const v4 = hostFamily(question.round, question.host, "v4");
  const v6 = ipv6Of(question);
  return (
    beforeTheFamilies(question, v4, v6) ??
    underTheRule(blockedBy(question), v4, v6) ??
    (isPoisoned(question.host, question.round) ? "dns-poisoned" : null) ??
    withoutIpv4(question, v4, v6) ??
    withIpv4(question, v4, v6)
  );
}

/** Rows 3 to 5. */
function beforeTheFamilies(
  { host, round, registry, policy, proxy, toldRateLimited }: Question,
  v4: HostFamily,
  v6: HostFamily,
): ProbedVerdict | null {
  if (proxy !== null) return "proxy-in-path";
  if (certificatesFail(v4, v6) && clockOff(round, policy) !== null) return "clock-skew";
  if (v4.state !== "ok" && v6.state !== "ok" && isSunk(host, [v4, v6], policy))
    return "dns-sinkhole";
  const a = v4.lookup?.outcome ?? "failure";
  const silent = a === "timeout" || v6.lookup?.outcome === "timeout";
  if (silent && silenceIsNoProof(round)) return "inconclusive";
  if (silent || (a !== "answer" && a !== "nodata")) return "dns-failure";
  const limited = [...v4.readings, ...v6.readings].some(({ status }) => status === 429);
  // A mirror that stands in for Docker Hub has limits of its own.
  const hub = registry === DOCKER_HUB && pullHosts(registry, policy).includes(host);
  const quota = hub ? round.quota.state : "unknown";
  if (limited || quota === "exhausted" || (toldRateLimited && quota === "unknown"))
    return "rate-limited";
  return v4.state === "mixed" ? "inconclusive" : null;
}

/** A clock that is off breaks certificates alone; where IPv4 shows one that counts, it broke none. */
function certificatesFail(v4: HostFamily, v6: HostFamily): boolean {
  return (
    v4.state !== "ok" &&
    [...v4.readings, ...v6.readings].some(({ outcome }) => outcome === "certificate")
  );
}

/** Rows 6 and 7: an enabled rule keeps clients from this host's IPv6 addresses. */
function underTheRule(blocked: Blocked, v4: HostFamily, v6: HostFamily): ProbedVerdict | null {
  if (blocked === "none") return null;
  // An answer over HTTP, be it an error, came over IPv4: that has not died.
  const answered = v4.readings.some(({ outcome }) => outcome === "http-status");
  if (v4.state !== "ok" && !answered) return "ipv4-lost";
  if (blocked === "some" || v4.state !== "ok") return null;
  if (v6.state === "pre") return "rule-active";
  return v6.state === "none" ? "no-ipv6" : "rule-ineffective";
}

/** How many of the host's IPv6 addresses enabled rules keep clients from. */
type Blocked = "all" | "some" | "none";

function blockedBy(question: Question): Blocked {
  const { lookup } = hostFamily(question.round, question.host, "v6");
  const open = openAddresses(question, lookup?.addresses ?? []);
  if (lookup === null || open.length === lookup.addresses.length) return "none";
  return open.length === 0 ? "all" : "some";
}

function openAddresses({ rules }: Question, addresses: readonly string[]): string[] {
  const networks = rules.filter(({ disabled }) => !disabled).flatMap((rule) => rule.networks);
  return addresses.filter((address) => !areBlocked([address], networks));
}

/** A rule that covers a part leaves the rest to be judged: what it blocks says nothing of the path. */
function ipv6Of(question: Question): HostFamily {
  const v6 = hostFamily(question.round, question.host, "v6");
  if (v6.lookup === null || blockedBy(question) !== "some") return v6;
  const addresses = openAddresses(question, v6.lookup.addresses);
  const readings = v6.readings.filter(({ address }) => addresses.includes(address));
  // A round tries a few addresses. Where all of those are blocked, the rest was not looked at.
  const state = readings.length === 0 ? "mixed" : stateOf(readings);
  return { lookup: { ...v6.lookup, addresses }, readings, state };
}

/** Rows 12 to 21: IPv4 answers every try. */
function withIpv4(question: Question, v4: HostFamily, v6: HostFamily): ProbedVerdict {
  if (v6.state !== "post" && question.failsOnThisNode === false) return "not-seen-here";
  switch (v6.state) {
    case "none":
      return "no-ipv6";
    case "pre":
      return "ipv6-unreachable";
    case "ok":
      if (alwaysStoodStill(roundsOf(question), question.host)) return "ipv6-slow";
      if (failedInHalf(roundsOf(question), question.host)) return nowAndThen(question, v6);
      return isMuchSlower(v6, v4, question.policy) ? "ipv6-slow" : "healthy-now";
    case "http":
      return "ipv6-http-fault";
    case "mixed":
      return nowAndThen(question, v6);
    case "post":
      return afterTcp(question, v6);
  }
}

function roundsOf({ earlier, round }: Question): Round[] {
  return [...earlier, round];
}

/** Row 16. */
function nowAndThen(question: Question, { readings }: HostFamily): ProbedVerdict {
  return isPartial(roundsOf(question), question.host, readings) ? "ipv6-partial" : "inconclusive";
}

/** Rows 17 to 21: TCP connects in every try, TLS never ends well. */
function afterTcp(question: Question, v6: HostFamily): ProbedVerdict {
  const { round, policy } = question;
  if (v6.lookup?.preferred === false) return "ipv6-not-preferred";
  const failing = failingTogether(question);
  if (failing.every(({ lookup }) => lookup?.role === "blob")) return "ipv6-blob-stall";
  // A fault of this site's own IPv6 is named before what the rule does not cover: it explains it.
  const hosts = failing.flatMap(({ lookup }) => lookup?.host ?? []);
  const large = largePacketsTo(hosts, round, "v6");
  if (large !== "unknown") return large === "lost" ? "path-mtu" : "inconclusive";
  const beyond = ipv6Elsewhere(question);
  if (beyond === "stalls") return "ipv6-stall-everywhere";
  if (beyond === "unclear") return "inconclusive";
  if (!failing.every((one) => isCovered(one, policy))) return "not-covered";
  if (v6.readings.every(({ outcome }) => outcome === "certificate"))
    return "ipv6-wrong-certificate";
  return v6.readings.every(({ outcome }) => outcome === "reset")
    ? "ipv6-tls-reset"
    : "ipv6-tls-stall";
}

/**
 * Whether IPv6 TLS works beyond this registry, by the controls. One that gets through TLS, or not even
 * through TCP, shows that the fault is not everywhere; one whose tries differ shows nothing.
 */
function ipv6Elsewhere(question: Question): "stalls" | "unclear" | "other" {
  const { host, siblings, round, policy } = question;
  const controls = policy.ipv6Controls
    .filter((control) => control !== host && !siblings.includes(control))
    .map((control) => hostFamily(round, control, "v6").state)
    .filter((state) => state !== "none");
  if (controls.length === 0 || controls.some((state) => state !== "post" && state !== "mixed"))
    return "other";
  return controls.every((state) => state === "post") ? "stalls" : "unclear";
}

/** True if the rule covers all hosts of this registry that fail over IPv6, as far as is known. */
export function ruleIsEnough(question: Question): boolean {
  return failingTogether(question).every((one) => isCovered(one, question.policy));
}

/** This host and those of its siblings where TLS fails over IPv6: a pull needs all of them. */
function failingTogether(question: Question): HostFamily[] {
  const { siblings, round } = question;
  return [ipv6Of(question), ...siblings.map((each) => hostFamily(round, each, "v6"))].filter(
    ({ state }) => state === "post",
  );
}

function isCovered({ lookup }: HostFamily, { ruleHosts, prefix }: Policy): boolean {
  return lookup !== null && ruleHosts.includes(lookup.host) && coversAll(prefix, lookup.addresses);
}

function isMuchSlower(v6: HostFamily, v4: HostFamily, policy: Policy): boolean {
  const slow = medianMs(v6.readings);
  const fast = medianMs(v4.readings);
  if (slow === null || fast === null) return false;
  return slow > fast * policy.slowFactor && slow - fast > policy.slowMs;
}
