// What the settings say, what they leave out, and what follows from that. Asks nobody. Pure.
import ipaddr from "ipaddr.js";
import type { Settings } from "../../settings/environment.ts";
import { kubernetesUrl } from "../../settings/network.ts";
import { checklist, type Check, type Checklist } from "./check.ts";

const TOKEN_COMMAND = "npm run token -- --cluster NAME --role agent";

export function configurationChecks(settings: Settings): readonly Check[] {
  const list = checklist("configuration", "the environment");
  list.ok("settings", "read, no fault");
  mode(settings, list);
  rule(settings, list);
  worker(settings, list);
  cluster(settings, list);
  privateRegistries(settings, list);
  times(settings, list);
  return list.checks;
}

const MODES = {
  observe: "observe: it reports what it would do and writes nothing",
  approve: "approve: it asks a person before it writes",
  auto: "auto: it acts where the verdict allows it",
} as const;

function mode({ MODE, ROUTER_URL }: Settings, list: Checklist): void {
  if (ROUTER_URL !== undefined) return list.ok("MODE", MODES[MODE]);
  list.warning(
    "ROUTER_URL",
    `unset: without a router it only observes, whatever MODE says (${MODE})`,
    "set ROUTER_URL, ROUTER_USER, ROUTER_PASSWORD (or _FILE) and ROUTER_CA_FILE",
  );
}

function rule(settings: Settings, list: Checklist): void {
  const { PROFILE, PREFIX, ADDRESS_LIST, RULE_LIFE, RULE_HOSTS } = settings;
  const blocks =
    PROFILE === "prefix"
      ? `one rule against IPv6 HTTPS to ${PREFIX}`
      : `one rule against what is in the list ${ADDRESS_LIST}, which is filled for a while only`;
  const life = RULE_LIFE === "keep" ? "kept until a person undoes it" : "gone once IPv6 has healed";
  list.ok("rule", `${blocks}; for ${RULE_HOSTS.join(", ")}; ${life}`);
}

function worker({ WORKER_URL, WORKER_TOKEN }: Settings, list: Checklist): void {
  if (WORKER_URL === undefined)
    list.fault("WORKER_URL", "unset: `run` does not start", "set it to the Worker's URL");
  if (WORKER_TOKEN === undefined)
    list.fault("WORKER_TOKEN", "unset: `run` does not start", `${TOKEN_COMMAND} mints one`);
  if (WORKER_URL === undefined) return;
  const { protocol, hostname, origin } = new URL(WORKER_URL);
  if (protocol === "http:" && !isOwn(hostname))
    list.warning(
      "WORKER_URL",
      `${origin}: http:// sends the token readable`,
      "use https:// for a Worker on another machine",
    );
}

function isOwn(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return (
    host === "localhost" || (ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback")
  );
}

function cluster(settings: Settings, list: Checklist): void {
  const { NAMESPACES, DENIED_NAMESPACES, NODE_NAME, POD_UID } = settings;
  if (kubernetesUrl(settings) === null)
    list.fault(
      "KUBERNETES_URL",
      "unset, and this is no pod: `run` does not start",
      "set KUBERNETES_URL, KUBERNETES_TOKEN (or _FILE) and KUBERNETES_CA_FILE, or start it in a pod",
    );
  if (NAMESPACES.length > 0 && NAMESPACES.every((name) => DENIED_NAMESPACES.includes(name)))
    list.warning(
      "NAMESPACES",
      `${NAMESPACES.join(", ")}: all of them are in DENIED_NAMESPACES, so no pod is ever restarted`,
      "take one of them out of DENIED_NAMESPACES",
    );
  if (NODE_NAME === undefined)
    list.warning(
      "NODE_NAME",
      "unset: it cannot tell that only other nodes fail (`not-seen-here`)",
      "set it to the node's name, as deploy/agent/base/deployment.yaml does",
    );
  if (POD_UID === undefined && settings.KUBERNETES_SERVICE_HOST !== undefined)
    list.warning(
      "POD_UID",
      "unset: it does not know its own pod, which must never be restarted",
      "set it from metadata.uid, as deploy/agent/base/deployment.yaml does",
    );
}

function privateRegistries({ PRIVATE_REGISTRIES: networks }: Settings, list: Checklist): void {
  list.ok(
    "PRIVATE_REGISTRIES",
    networks.length === 0
      ? "none: registries at addresses inside the site are not dialled"
      : `registries in ${networks.join(", ")} are dialled, whatever job or image names them`,
  );
}

function times(settings: Settings, list: Checklist): void {
  const { LEASE_RESERVE_MS, ROUTER_TIMEOUT_MS } = settings;
  if (LEASE_RESERVE_MS <= ROUTER_TIMEOUT_MS)
    list.warning(
      "LEASE_RESERVE_MS",
      `${LEASE_RESERVE_MS}, and ROUTER_TIMEOUT_MS is ${ROUTER_TIMEOUT_MS}: a write may outlive the lease`,
      "make LEASE_RESERVE_MS the longer of the two",
    );
}
