// The commands of /ipv6/firewall/address-list. There is no `move`.
import ipaddr from "ipaddr.js";
import { isName, type AddressLists, type Entry, type NewEntry } from "./address-list.ts";
import { asDate, asDuration, durationMs } from "./duration.ts";
import { refusal, type Reply } from "./errors.ts";
import type { Menu } from "./menu.ts";
import { spellPrefix } from "./rule-fields.ts";
import { noIdentifier, type Switches } from "./switches.ts";

type Given = Readonly<Record<string, string>>;
type Changes = Partial<NewEntry>;

const ARGUMENTS = new Set("address comment copy-from disabled dynamic list timeout".split(" "));
const FLAGS: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false };
const duplicate = refusal(400, "failure: already have such entry");
const isReply = (value: Changes | Reply): value is Reply => "status" in value;

export function addressListMenu(lists: AddressLists, switches: Switches, now: () => number): Menu {
  const twice = (one: Pick<Entry, "list" | "address" | "disabled">, self?: string) =>
    !one.disabled &&
    lists
      .entries()
      .some(
        (entry) =>
          entry.id !== self &&
          !entry.disabled &&
          entry.list === one.list &&
          canonical(entry.address) === canonical(one.address),
      );
  return {
    records: () => lists.entries().map((entry) => asRecord(entry, now())),
    add(given) {
      const read = readEntry(given, switches);
      if (isReply(read)) return read;
      const { list, address } = read;
      if (list === undefined) return refusal(400, "missing =list=");
      if (address === undefined) return refusal(400, "missing =address=");
      const named = { comment: undefined, disabled: false, dynamic: false, lifeMs: null };
      const entry = { ...named, ...read, list, address };
      if (isName(address) && entry.lifeMs !== null && switches.listNameTimeout === "refused")
        return refusal(400, "failure: timeout can not be set for a dns name");
      return twice(entry) ? duplicate : lists.add(entry);
    },
    change(id, given) {
      const entry = lists.find(id);
      if (entry === undefined) return noIdentifier;
      if (given["timeout"] !== undefined && switches.listTimeoutPatch === "refused")
        return refusal(400, "failure: can not change timeout of dynamic entry");
      const read = readEntry(given, switches);
      if (isReply(read)) return read;
      if (twice({ ...entry, ...read }, id)) return duplicate;
      const { lifeMs, ...others } = read;
      Object.assign(entry, others);
      if (typeof lifeMs === "number") entry.expiresAt = now() + lifeMs;
      return null;
    },
    remove(id) {
      if (lists.find(id) === undefined) return noIdentifier;
      lists.remove(id);
      return null;
    },
  };
}

function readEntry(given: Given, switches: Switches): Changes | Reply {
  const read: Changes = {};
  for (const [name, value] of Object.entries(given)) {
    if (!ARGUMENTS.has(name)) return refusal(400, `unknown parameter ${name}`);
    if (name === "list") read.list = value;
    if (name === "comment") read.comment = value === "" ? undefined : value;
    if (name === "disabled" || name === "dynamic") {
      const flag = FLAGS[value];
      if (flag === undefined) return refusal(400, `input does not match any value of ${name}`);
      read[name] = flag;
    }
    if (name === "address") {
      const address = spellAddress(value, switches);
      if (address === null) return refusal(400, `${switches.badAddress} address`);
      read.address = address;
    }
    if (name === "timeout") {
      const ms = durationMs(value);
      if (ms === null || ms === 0) return refusal(400, "invalid time value for argument timeout");
      read.lifeMs = ms;
      read.dynamic = true;
    }
  }
  return read;
}

function spellAddress(value: string, { listHostBits }: Switches): string | null {
  if (isName(value))
    return /^[a-z0-9-]+(\.[a-z0-9-]*[a-z][a-z0-9-]*)+$/i.test(value) ? value : null;
  const masked = value.startsWith("!") ? null : spellPrefix(value);
  if (masked === null || listHostBits === "masked") return masked;
  const [address = "", length = "128"] = value.split("/");
  return `${ipaddr.IPv6.parse(address).toString()}/${length}`;
}

function canonical(address: string): string {
  return isName(address) ? address.toLowerCase() : (spellPrefix(address) ?? address);
}

function asRecord(entry: Entry, now: number): Record<string, string> {
  return {
    ".id": entry.id,
    address: entry.address,
    ...(entry.comment === undefined ? {} : { comment: entry.comment }),
    "creation-time": asDate(entry.createdAt),
    disabled: String(entry.disabled),
    dynamic: String(entry.dynamic),
    list: entry.list,
    ...(entry.expiresAt === null ? {} : { timeout: asDuration(entry.expiresAt - now) }),
  };
}
