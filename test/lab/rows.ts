// The matrix: each fault, the verdicts that are right for it, and what may be written. The names of
// the faults are those of test/lab/faults.
import { INSIDE_ADDRESS, OTHER_REGISTRY } from "./addresses.ts";
import type { FaultName } from "./faults/closed-list.ts";

/**
 * `asks`: nothing is written, a person is asked. `withdraws`: our rule goes. `rule-withdrawn`: it is set
 * and goes again. `by-verdict`: a rule only with a verdict that allows one.
 */
export type Effect = "nothing" | "rule" | "asks" | "withdraws" | "rule-withdrawn" | "by-verdict";

export type Row = {
  readonly name: string;
  readonly title: string;
  readonly faults: readonly FaultName[];
  /** Accepted; any other verdict is wrong. */
  readonly verdicts: readonly string[];
  readonly effect: Effect;
  /** What stands before the job: the usual rule as a person types it, or ours from a first job. */
  readonly before?: "persons-rule" | "our-rule";
  /** Comes in after what stands before. */
  readonly afterwards?: readonly FaultName[];
  /** A second Deployment, whose pod fails with this message; its name begins with `beside`. */
  readonly beside?: { readonly image: string; readonly message: string };
  /** What else happens right before the first eviction is carried out. */
  readonly atFirstEviction?: { readonly fault?: FaultName; readonly pullsAgain?: "beside" };
  /** Settings of the agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** How the job has to end, and what it has to say. */
  readonly ends?: { readonly outcome: string; readonly says: string };
};

/** What a pod still says whose last pull failed while the fault was another. */
export const OLD_NEWS =
  'failed to pull and unpack image "docker.io/library/busybox:1.36": failed to resolve reference "docker.io/library/busybox:1.36": failed to do request: Head "https://registry-1.docker.io/v2/library/busybox/manifests/1.36": net/http: TLS handshake timeout';
const NO_ROUTE = `failed to pull and unpack image "${OTHER_REGISTRY}/a/b:1": failed to resolve reference "${OTHER_REGISTRY}/a/b:1": failed to do request: Head "https://${OTHER_REGISTRY}/v2/a/b/manifests/1": dial tcp [${INSIDE_ADDRESS}]:443: connect: no route to host`;

const STALL = "ipv6-tls-stall";
/** By the moment at which its rounds fall; never one that calls such a path slow. */
const TOGGLING = "ipv6-tls-stall ipv6-partial inconclusive healthy-now";
/** By which of its connections stall: a try's, or the quota's. Nothing is written with either. */
const UNSTEADY = "inconclusive ipv6-tls-stall";
const REFUSED = { outcome: "refused", says: OTHER_REGISTRY };

const row = (
  name: FaultName,
  title: string,
  verdicts: string,
  effect: Effect = "nothing",
  more: Partial<Row> = {},
): Row => ({ name, title, faults: [name], verdicts: verdicts.split(" "), effect, ...more });

/**
 * Seconds, in a client's TLS limits (10 s: Go, net/http), so that a busy machine does not fail a row: a
 * stall is waited for once, not twice; a healthy path waits for no limit. docs/lab.md has what was measured.
 */
const TLS_LIMIT_S = 10;
export const MOST_SECONDS = { stall: 2 * TLS_LIMIT_S, healthy: TLS_LIMIT_S };

export const ROWS: readonly Row[] = [
  row("none", "no fault", "healthy-now"),
  row("a1", "Docker Hub's TLS stalls over IPv6", "ipv6-tls-stall", "rule"),
  row("a1s", "only what Docker Hub says over IPv6 is lost", "ipv6-tls-stall", "rule"),
  row("g1b", "TLS over IPv6 takes longer than clients wait", "ipv6-tls-stall", "rule"),
  row("a1-controls-dead", "a1, and the IPv6 controls are dead", "ipv6-tls-stall", "rule"),
  row("a1-token", "the token host alone stalls over IPv6", "ipv6-tls-stall", "rule"),
  row("c2", "a reset after the ClientHello over IPv6", "ipv6-tls-reset", "rule"),
  row("h", "somebody else's certificate over IPv6", "ipv6-wrong-certificate", "rule"),
  row("a1all", "TLS stalls at every host over IPv6", "ipv6-stall-everywhere", "asks"),
  row("a2", "large packets towards the node are lost", "ipv6-stall-everywhere", "asks"),
  row("a2w", "large packets towards the registry are lost", "path-mtu", "asks"),
  row("b", "TCP over IPv6 is dropped", "ipv6-unreachable"),
  row("c", "TCP over IPv6 is reset", "ipv6-unreachable"),
  row("f3", "no AAAA records", "no-ipv6"),
  row("f5", "SERVFAIL for AAAA", "no-ipv6"),
  row("j", "the node has no IPv6", "no-ipv6 ipv6-unreachable"),
  row("jr", "the router has no way out over IPv6", "no-ipv6 ipv6-unreachable"),
  row("d", "everything is dead", "site-offline"),
  row("e", "Docker Hub is dead over both families", "registry-unreachable"),
  row("f1", "the resolver is silent", "dns-failure"),
  row("f2", "SERVFAIL for everything", "dns-failure"),
  row("f4", "AAAA queries are dropped", "dns-failure"),
  row("f6", "NXDOMAIN for everything", "dns-failure"),
  row("sunk", "a blocker sinks the registry's name", "dns-sinkhole"),
  row("poisoned", "the registry's name leads to another network", "dns-poisoned"),
  row("g1", "TLS over IPv6 takes three seconds", "ipv6-slow"),
  row("g3", "the first SYN of each IPv6 connection is lost", "ipv6-slow healthy-now"),
  row(
    "g2",
    "a fifth of the IPv6 packets is lost each way",
    "healthy-now ipv6-slow ipv6-partial inconclusive",
  ),
  row(
    "g4",
    "a link of 16 kbit/s for both families",
    "ipv6-slow healthy-now inconclusive registry-unreachable registry-stalls stall-everywhere site-offline",
  ),
  row("i429", "the registry answers 429", "rate-limited"),
  row("i503", "the registry answers 503", "registry-down"),
  row("k", "the blob host stalls over IPv6", "ipv6-blob-stall"),
  row("a1k", "a1 and k together", "ipv6-blob-stall not-covered"),
  row("half", "every second IPv6 connection stalls", "ipv6-partial inconclusive"),
  row("no-v4-a1", "a node without IPv4, IPv6 stalls", "no-ipv4"),
  row("v4-dead", "IPv4 is dead, IPv6 is fine", "ipv4-down"),
  row("a1", "a1, and a person has typed the rule", "rule-active", "nothing", {
    name: "a1-person",
    before: "persons-rule",
  }),
  row("a1", "a1 with our rule, then IPv4 dies", "ipv4-lost", "withdraws", {
    name: "a1-v4-lost",
    before: "our-rule",
    afterwards: ["v4-dead"],
  }),
  row("a1-v4-third", "a1, and every third IPv4 connection to the registry stalls", UNSTEADY),
  row("toggles", "a1 for twenty seconds, nothing for twenty, and so on", TOGGLING, "by-verdict", {
    env: { SECOND_ROUND_MS: "7000" },
  }),
  row("a1-other-v6", "a1, another registry in the prefix has IPv6 alone", STALL, "nothing", {
    beside: { image: `${OTHER_REGISTRY}/a/b:1`, message: NO_ROUTE },
    ends: REFUSED,
  }),
  row("a1-other-v4-dead", "a1, IPv4 of another registry in the prefix is dead", STALL, "nothing", {
    beside: { image: `${OTHER_REGISTRY}/a/b:1`, message: `${OTHER_REGISTRY}/a/b:1: not found` },
    ends: REFUSED,
  }),
  row("a1-other-v6", "the same, in RULE_HOSTS and named by no pod", STALL, "nothing", {
    name: "a1-other-unnamed",
    env: { RULE_HOSTS: `registry-1.docker.io,auth.docker.io,${OTHER_REGISTRY}` },
    ends: REFUSED,
  }),
  row("a1", "a1, and a pod's pull begins as the pods are restarted", STALL, "rule", {
    name: "a1-pulling",
    faults: ["a1", "slow-layers"],
    beside: { image: "nginx:1.27", message: OLD_NEWS },
    atFirstEviction: { pullsAgain: "beside" },
    ends: { outcome: "recovered", says: "" },
  }),
  row("a1", "a1, and IPv4 dies as the pods are restarted", "ipv4-lost", "rule-withdrawn", {
    name: "a1-v4-dies",
    atFirstEviction: { fault: "v4-dead" },
    env: { WATCH_MS: "120000" },
    ends: { outcome: "withdrawn", says: "" },
  }),
  row("outside", "the registry is outside the prefix and stalls over IPv6", "not-covered"),
  row("cert-both", "somebody else's certificate over both families", "tls-certificate"),
  row("clock", "every server is a year ahead", "clock-skew"),
  row("ula-a1", "a node that prefers IPv4, IPv6 stalls", "ipv6-not-preferred"),
];

/** Faults that real pulls get through, and those that only some of them do. With all others they fail. */
const PULLED: readonly string[] = "none a2w b c f3 f5 j jr f4 g1 g3 v4-dead a1-person ula-a1".split(
  " ",
);
const PULLED_AT_TIMES: readonly string[] = ["g2", "g4", "half", "toggles"];

/** Whether a real pull must work, before the job and after it; null where chance decides. */
export function pullsOf({ name, effect }: Row): { before: boolean; after: boolean } | null {
  if (PULLED_AT_TIMES.includes(name)) return null;
  const before = PULLED.includes(name);
  return { before, after: before || effect === "rule" };
}
