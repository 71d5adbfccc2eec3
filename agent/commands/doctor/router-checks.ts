// The router: reachable, trusted, logged in, allowed, ready, and our rule in its table. Only GETs,
// and only of the menus that the agent reads anyway.
import * as z from "zod";
import { routerUrlsOf, type Settings } from "../../settings/environment.ts";
import { routerClientOf } from "../../settings/outside.ts";
import { ruleFor } from "../../plan/plan.ts";
import { policyOf } from "../../settings/policy.ts";
import type { RouterClient } from "../../router/client.ts";
import { FilterRows } from "../../router/filter-row.ts";
import { ListEntries } from "../../router/list-entry.ts";
import { FILTER, LISTS } from "../../router/paths.ts";
import { createPreflight } from "../../router/preflight.ts";
import type { Clock } from "../../ports/clock.ts";
import { checklist, type Check, type Checklist } from "./check.ts";
import { describeTrust, explainDistrust } from "./router-certificate.ts";
import { refusedBy, writeUnproven, type Login } from "./router-faults.ts";
import { entryChecks, ruleChecks } from "./rule-checks.ts";
import { endOf } from "../../router/connection.ts";
import { lookAtRouter, type Shown } from "./shown-certificate.ts";

const LOOK_MS = 5_000;
/** A request that has begun is never cut (it would disturb RouterOS), only not waited for. */
const STOP_WAITING_MS = 30_000;

type Asking = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly login: Login;
  readonly list: Checklist;
};

type From = { readonly clock: Clock; readonly source: string | null };

/** Of each router. `source`: this machine's address towards the first, as far as known. */
export async function routerChecks(settings: Settings, from: From): Promise<readonly Check[]> {
  const urls = routerUrlsOf(settings);
  const checks = await Promise.all(
    urls.map((url) => checksOfOne({ ...settings, ROUTER_URL: url }, from)),
  );
  return checks.flat();
}

async function checksOfOne(settings: Settings, { clock, source }: From): Promise<readonly Check[]> {
  const { ROUTER_URL, ROUTER_USER: user } = settings;
  if (ROUTER_URL === undefined || user === undefined) return [];
  const url = new URL(ROUTER_URL);
  const list = checklist("router", url.host);
  const asking: Asking = { settings, clock, login: { user, source }, list };
  const shown = await reach(asking, url);
  if (shown === null) return list.checks;
  const client = routerClientOf(settings, { clock, log: () => {}, stopWaitingMs: STOP_WAITING_MS });
  if (!client.ok) list.fault("ROUTER_URL", client.error.message);
  if (!client.ok || client.value === null) return list.checks;
  // Not closed: that would cut a request that was not waited for; an idle connection is let go.
  await ask(asking, client.value, shown);
  return list.checks;
}

/** Null: there is nobody to log in to. */
async function reach({ settings, login, list }: Asking, url: URL): Promise<Shown | null> {
  const shown = await lookAtRouter(url, certificateName(settings, url), LOOK_MS);
  const allow = `/ip/service/set www-ssl address=… (with ${login.source ?? "the agent's address"} inside)`;
  switch (shown.kind) {
    case "unreachable":
      list.fault(
        "reachable",
        shown.detail,
        "check ROUTER_URL; on the router: /ip/service/enable www-ssl",
        allow,
        "and an accept for it in /ip/firewall/filter chain=input",
      );
      return null;
    case "no-tls":
      list.fault(
        "TLS",
        `it listens, but TLS does not come up: ${shown.detail}`,
        "without a certificate RouterOS refuses every client: /ip/service/set www-ssl certificate=backon-https",
        "(part 1 of the commands below makes one); if the connection is reset at once:",
        allow,
      );
      return null;
    case "plain":
      list.ok("reachable", "a TCP connection comes up");
      list.warning(
        "TLS",
        "http:// sends the router's password readable",
        "part 1 and 2 of the commands below switch HTTPS on",
      );
      return shown;
    case "certificate":
      list.ok("reachable", "TLS comes up");
      return shown;
  }
}

/** In the order in which each proves something; ends at the first refusal: 401 is never repeated. */
async function ask(asking: Asking, client: RouterClient, shown: Shown): Promise<void> {
  const { settings, clock, login, list } = asking;
  const identity = await client.get("system/identity", z.object({ name: z.string() }));
  const name = certificateName(settings, new URL(settings.ROUTER_URL ?? ""));
  const looking = { settings, name, now: clock.now() };
  if (!identity.ok && identity.fault.kind === "certificate" && shown.kind === "certificate")
    return explainDistrust(shown.certificate, { ...looking, detail: identity.fault.detail }, list);
  if (shown.kind === "certificate" && (identity.ok || identity.fault.status !== null)) {
    const { found, mend } = describeTrust(shown.certificate, looking);
    if (mend.length === 0) list.ok("certificate", found);
    else list.warning("certificate", found, ...mend);
  }
  if (!identity.ok) return refusedBy(identity.fault, login, list);
  list.ok("login", `as ${login.user}; the router calls itself ${identity.value.name}`);

  const rows = await client.get(FILTER, FilterRows);
  if (!rows.ok) return refusedBy(rows.fault, login, list);
  list.ok("rights", "rest-api, api and read work");
  writeUnproven(login, list);
  await ready(asking, client);
  const policy = policyOf(settings);
  ruleChecks(rows.value, { rule: ruleFor(policy), prefix: policy.prefix }, list);
  if (policy.profile === "prefix") return;
  const entries = await client.get(`${LISTS}?list=${policy.addressList}`, ListEntries);
  if (!entries.ok) return refusedBy(entries.fault, login, list);
  entryChecks(policy.addressList, entries.value, list);
}

/** New enough, and a router for IPv6 at all. */
async function ready({ clock, login, list }: Asking, client: RouterClient): Promise<void> {
  const preflight = createPreflight(client, clock);
  const version = await preflight.version();
  if (!version.ok) return refusedBy(version.fault, login, list);
  const unready = await preflight.check();
  if (unready?.kind === "version")
    return list.fault("version", unready.message, "/system/package/update/install");
  list.ok("version", `RouterOS ${version.value}`);
  switch (unready?.kind) {
    case undefined:
      return list.ok("IPv6", "on, and forwarded");
    case "fault":
      return refusedBy(unready.fault, login, list);
    case "ipv6-off":
    case "not-forwarding":
      return list.fault("IPv6", unready.message, "/ipv6/settings/set disable-ipv6=no forward=yes");
  }
}

function certificateName({ ROUTER_SERVERNAME }: Settings, url: URL): string {
  return ROUTER_SERVERNAME ?? endOf(url).host;
}
