// /tool/netwatch, as far as a host's row and its state: `unknown` for five minutes after a boot.
import { asDate } from "./duration.ts";
import { refusal } from "./errors.ts";
import type { Menu } from "./menu.ts";
import { noIdentifier } from "./switches.ts";

/** Netwatch's own start-up delay (lab notes). */
const STARTUP_MS = 300_000;
const ARGUMENTS = new Set(
  `certificate check-certificate comment disabled dns-server down-script host http-codes interval
  name packet-count packet-interval packet-size port record-type src-address start-delay
  startup-delay test-script timeout ttl type up-script`.split(/\s+/),
);

/** `bootedAt`: the last reboot in the router's ms, or null where it has been up for long. */
export function netwatchMenu(now: () => number, bootedAt: () => number | null): Menu {
  let rows: Record<string, string>[] = [];
  let lastId = 0;
  const unknown = (given: Readonly<Record<string, string>>) => {
    const name = Object.keys(given).find((one) => !ARGUMENTS.has(one));
    return name === undefined ? null : refusal(400, `unknown parameter ${name}`);
  };
  return {
    records() {
      const at = bootedAt();
      const starting = at !== null && now() < at + STARTUP_MS;
      return rows.map((row) => ({ ...row, status: starting ? "unknown" : "up" }));
    },
    add(given) {
      const refused = unknown(given);
      if (refused !== null) return refused;
      if (given["host"] === undefined) return refusal(400, "missing =host=");
      const id = `*${(lastId += 1).toString(16).toUpperCase()}`;
      rows.push({ type: "simple", disabled: "false", ...given, ".id": id, since: asDate(now()) });
      return { id };
    },
    change(id, given) {
      const row = rows.find((one) => one[".id"] === id);
      if (row === undefined) return noIdentifier;
      const refused = unknown(given);
      if (refused === null) Object.assign(row, given);
      return refused;
    },
    remove(id) {
      rows = rows.filter((one) => one[".id"] !== id);
      return null;
    },
  };
}
