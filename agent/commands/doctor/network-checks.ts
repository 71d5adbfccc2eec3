// What the probes will need: resolvers, a source in both families, controls that resolve. No probe.
import type { Lookup } from "../../../src/protocol/round.ts";
import type { Settings } from "../../settings/environment.ts";
import { coversAll } from "../../basics/networks.ts";
import type { Dialer } from "../../probe/dialer.ts";
import { lookup, serversOf, type Resolving } from "../../probe/dns.ts";
import { checklist, type Check, type Checklist } from "./check.ts";

/** Asked of the routing table only, where no name gave an address (RFC 5737, RFC 3849). */
const ANYWHERE = { v4: "192.0.2.1", v6: "2001:db8::1" } as const;
const DNS_TRIES = "check DNS_SERVERS, or dnsPolicy: Default and the node's own resolvers";

export async function networkChecks(settings: Settings, dialer: Dialer): Promise<readonly Check[]> {
  const { NODE_NAME, IPV6_CONTROLS, IPV4_CONTROL, RULE_HOSTS } = settings;
  const list = checklist("network", NODE_NAME ?? "this machine");
  const resolving = resolvingOf(settings);
  const ask = (family: "v4" | "v6") => (host: string) =>
    lookup({ host, role: "control", family }, resolving);
  const [controls, control, rule4, rule6] = await Promise.all([
    Promise.all(IPV6_CONTROLS.map(ask("v6"))),
    ask("v4")(IPV4_CONTROL),
    Promise.all(RULE_HOSTS.map(ask("v4"))),
    Promise.all(RULE_HOSTS.map(ask("v6"))),
  ]);
  const works = checkResolvers([...controls, control, ...rule4, ...rule6], resolving, list);
  await checkSources({ v4: control, v6: controls[0] }, dialer, list);
  if (!works || isOffline([...controls, control, ...rule4, ...rule6], list)) return list.checks;
  checkIpv6Controls(controls, settings, list);
  checkIpv4Control(control, list);
  checkRuleHosts({ v4: rule4, v6: rule6 }, settings, list);
  return list.checks;
}

/** How names are asked for, by the settings. */
export function resolvingOf(settings: Settings): Resolving {
  return {
    hostsFile: settings.HOSTS_FILE,
    servers: settings.DNS_SERVERS,
    timeoutMs: settings.DNS_TIMEOUT_MS,
  };
}

const isAnswered = ({ outcome }: Lookup): boolean => outcome !== "timeout" && outcome !== "failure";

function checkResolvers(found: readonly Lookup[], resolving: Resolving, list: Checklist): boolean {
  const servers = serversOf(resolving).join(", ") || "none";
  const mute = found.filter((one) => !isAnswered(one));
  const first = mute[0];
  if (first === undefined) {
    list.ok("resolvers", `${servers} answer`);
    return true;
  }
  const said = `${servers}: ${mute.length} of ${found.length} questions without an answer (${first.host}: ${first.detail ?? first.outcome})`;
  if (mute.length === found.length) list.fault("resolvers", said, DNS_TRIES);
  else list.warning("resolvers", said, DNS_TRIES);
  return mute.length < found.length;
}

/** Where no name at all has an address the settings are not to blame, and cannot be judged. */
function isOffline(found: readonly Lookup[], list: Checklist): boolean {
  if (found.some(({ addresses }) => addresses.length > 0)) return false;
  list.fault(
    "names",
    `none of ${new Set(found.map(({ host }) => host)).size} hosts has an address here: this machine looks offline`,
    "mend the network or the resolver first; nothing speaks against the settings",
  );
  return true;
}

type Towards = { readonly v4: Lookup; readonly v6: Lookup | undefined };

async function checkSources({ v4, v6 }: Towards, dialer: Dialer, list: Checklist): Promise<void> {
  const [from4, from6] = await Promise.all([
    dialer.source(v4.addresses[0] ?? ANYWHERE.v4),
    dialer.source(v6?.addresses[0] ?? ANYWHERE.v6),
  ]);
  if (from4 === null)
    list.fault("IPv4 source", "none: without IPv4 there is nothing to fall back to, so no rule");
  else list.ok("IPv4 source", from4);
  if (from6 === null)
    list.warning(
      "IPv6 source",
      "none: the fault that backon repairs can't be seen from here",
      "run the agent with hostNetwork on a node that has IPv6",
    );
  else list.ok("IPv6 source", from6);
}

function checkIpv6Controls(found: readonly Lookup[], { PREFIX }: Settings, list: Checklist): void {
  // What was not answered is the resolver's fault, and said there.
  const bad = found.filter(isAnswered).flatMap(({ host, addresses, outcome }) => {
    if (addresses.length === 0) return [`${host} has no IPv6 address (${outcome})`];
    const inside = addresses.some((address) => coversAll(PREFIX, [address]));
    return inside ? [`${host} lies inside PREFIX`] : [];
  });
  if (bad.length === 0)
    return list.ok(
      "IPV6_CONTROLS",
      found
        .filter(isAnswered)
        .map(({ host }) => host)
        .join(", ") + " resolve",
    );
  list.warning(
    "IPV6_CONTROLS",
    bad.join("; "),
    "name two hosts with IPv6 on different networks, outside PREFIX",
  );
}

function checkIpv4Control(found: Lookup, list: Checklist): void {
  const { host, addresses, outcome } = found;
  if (!isAnswered(found)) return;
  if (addresses.length > 0) return list.ok("IPV4_CONTROL", `${host} resolves`);
  list.warning(
    "IPV4_CONTROL",
    `${host} has no IPv4 address (${outcome})`,
    "name a host that has one",
  );
}

/** An address outside what the rule blocks makes every verdict `not-covered`. */
function checkRuleHosts(
  { v4, v6 }: { readonly v4: readonly Lookup[]; readonly v6: readonly Lookup[] },
  { PREFIX }: Settings,
  list: Checklist,
): void {
  const without = v4.filter((one) => isAnswered(one) && one.addresses.length === 0);
  const outside = v6.flatMap(({ host, addresses }) =>
    addresses.filter((address) => !coversAll(PREFIX, [address])).map((one) => `${host} ${one}`),
  );
  for (const { host, outcome } of without)
    list.warning("RULE_HOSTS", `${host} has no IPv4 address (${outcome}): no rule for it`);
  if (outside.length > 0)
    list.warning(
      "PREFIX",
      `IPv6 addresses outside ${PREFIX}: ${outside.join(", ")}; a fault there is \`not-covered\``,
      "if they stay there, set PREFIX to their network",
    );
  const known = v6.filter(({ addresses }) => addresses.length > 0).map(({ host }) => host);
  if (without.length > 0 || outside.length > 0) return;
  const inside = known.length > 0 ? `${known.join(", ")} inside ${PREFIX}` : "none here now";
  list.ok("RULE_HOSTS", `all have IPv4; IPv6: ${inside}`);
}
