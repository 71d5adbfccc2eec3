// S68: what a person does at the router, between two of our requests or between two jobs.
import { ruleFor } from "../../agent/plan/plan.ts";
import type { Policy } from "../../agent/ports/policy.ts";
import { spellPrefix as canonical } from "../../sim/routeros/rule-fields.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import type { Operator } from "./history.ts";
import { HUB_ADDRESSES, isEnabled, MARKERS, truthOf, type Row } from "./truth.ts";

/** Of a user who may do all; made on first use. */
const PERSON = { user: "person", password: "a-persons-password" };
const COMMENT = "Block Docker Hub IPv6 - forces IPv4 fallback";

const MENTION = "left as it was before [backon] came";
/** Without a time-out, and its address is not the name's. */
const NOBODYS = "100::5/128";

/** Nothing where the row that it needs is not there. */
export async function act(
  { act: what, which, to }: Operator,
  os: RouterOs,
  policy: Policy,
): Promise<void> {
  const { operator } = os;
  const { rules, entries, rows } = truthOf(os, policy);
  const fixed = rows.filter((row) => row["dynamic"] !== "true");
  const ours = idOf(rules, which);
  const foreign = idOf(
    fixed.filter((row) => !rules.includes(row)),
    which,
  );
  const place = to < fixed.length ? fixed[to]?.[".id"] : undefined;
  const rule = fieldsOf(policy);
  const address = `${HUB_ADDRESSES[which % HUB_ADDRESSES.length] ?? ""}/64`;
  const list = policy.addressList;
  switch (what) {
    case "move ours":
      if (ours !== null && place !== ours) operator.move(ours, place);
      return;
    case "disable ours":
      if (ours !== null) operator.disable(ours);
      return;
    case "enable ours":
      if (ours !== null) operator.enable(ours);
      return;
    case "remove ours":
      if (ours !== null) operator.remove(ours);
      return;
    case "take our mark off":
      if (ours !== null) operator.edit(ours, { comment: "mine now" });
      return;
    case "narrow ours":
      if (ours !== null)
        operator.edit(ours, { "dst-address": "2600:1f18:9999::/48", "dst-address-list": "" });
      return;
    case "break ours":
      if (ours !== null) operator.edit(ours, { "dst-port": "8443" });
      return;
    case "break and disable ours":
      if (ours !== null) operator.edit(ours, { "dst-port": "8443", disabled: "true" });
      return;
    case "copy ours":
      operator.add(rule, place);
      return;
    case "copy ours, disabled":
      operator.add({ ...rule, disabled: "true" }, place);
      return;
    case "add accept":
      operator.add({ chain: "forward", action: "accept", comment: "all from here" }, place);
      return;
    case "add drop of UDP":
      operator.add({ chain: "forward", action: "drop", protocol: "udp" }, place);
      return;
    case "type our rule":
      operator.add({ ...rule, comment: COMMENT }, place);
      return;
    case "remove foreign":
      if (foreign !== null) operator.remove(foreign);
      return;
    case "move foreign":
      if (foreign !== null && place !== foreign) operator.move(foreign, place);
      return;
    case "edit foreign":
      if (foreign !== null) operator.edit(foreign, { "log-prefix": `edit ${to}` });
      return;
    case "disable foreign":
      if (foreign !== null) operator.disable(foreign);
      return;
    case "use FastTrack":
      if (rows.every((row) => row["dynamic"] !== "true")) operator.useFastTrack();
      return;
    case "add entry":
      if (!isListed(os, list, address)) operator.addEntry(list, address, "a person's");
      return;
    case "add entry with our mark":
      if (!isListed(os, list, address)) operator.addEntry(list, address, "kept by hand [backon]");
      return;
    case "add entry with our mark elsewhere":
      operator.addEntry("another-list", address, "not in the list of [backon]");
      return;
    case "mention us":
      operator.add({ chain: "forward", action: "drop", protocol: "udp", comment: MENTION }, place);
      return;
    case "marker by hand":
      if (!isListed(os, MARKERS, NOBODYS)) operator.addEntry(MARKERS, NOBODYS, "attic");
      return;
    case "remove entry": {
      const entry = idOf(os.entries(), which);
      if (entry !== null) operator.removeEntry(entry);
      return;
    }
    case "disable our entry": {
      const entry = idOf(entries, which);
      if (entry !== null) await disableEntry(os, entry);
      return;
    }
  }
}

/** What a person would read off our rule. */
export function fieldsOf(policy: Policy): Record<string, string> {
  const fields = Object.entries(ruleFor(policy));
  return Object.fromEntries(fields.filter((field) => field[1] !== undefined)) as Row;
}

function idOf(rows: readonly Row[], which: number): string | null {
  return rows[which % Math.max(1, rows.length)]?.[".id"] ?? null;
}

/** The router refuses a second enabled entry for the same network. */
function isListed(os: RouterOs, list: string, address: string): boolean {
  const network = canonical(address);
  return os
    .entries()
    .some((one) => one["list"] === list && isEnabled(one) && one["address"] === network);
}

/** The simulator's own hands can't; so it is done as a person would, over REST. */
async function disableEntry(os: RouterOs, id: string): Promise<void> {
  if (os.url.startsWith("https:")) return;
  const { user, password } = PERSON;
  os.operator.addUser({ name: user, password, policies: ["read", "write", "api", "rest-api"] });
  // A router that an aborted request has hurt resets two connections.
  for (let attempt = 1; attempt <= 3; attempt += 1) if (await isPatched(os, id)) return;
}

async function isPatched(os: RouterOs, id: string): Promise<boolean> {
  const headers = {
    authorization: personsLogin(),
    "content-type": "application/json",
    connection: "close",
  };
  const body = JSON.stringify({ disabled: "yes" });
  try {
    const url = `${os.url}/rest/ipv6/firewall/address-list/${id}`;
    const answer = await fetch(url, { method: "PATCH", headers, body });
    await answer.arrayBuffer();
    return answer.ok;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return false;
  }
}

/** Requests with it are not the agent's. */
export function personsLogin(): string {
  return `Basic ${btoa(`${PERSON.user}:${PERSON.password}`)}`;
}
