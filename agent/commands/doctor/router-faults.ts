// What a refusal of the router means, and what to type there. Pure.
import type { RouterFault } from "../../router/fault.ts";
import { wordOf } from "../../../src/shown/rule-as-console.ts";
import type { Checklist } from "./check.ts";

export type Login = {
  readonly user: string;
  /** The address from which the router sees us, as far as known. */
  readonly source: string | null;
};

const NEEDED = "read,write,api,rest-api";
const LATER = "a changed group counts at the next login, up to 10 minutes later";

/** One line for the fault, under the name of what it proves wrong. */
export function refusedBy(fault: RouterFault, login: Login, list: Checklist): void {
  const status = fault.status === null ? "" : `${fault.status} `;
  const found = `${fault.what}: ${status}${fault.detail}`;
  switch (fault.kind) {
    case "login":
      return fault.status === 403
        ? list.fault("login", found, "/ip/service/webserver/set rest-secure=yes (7.21 or newer)")
        : list.fault("login", found, ...loginRefused(login));
    case "rights":
      return list.fault("rights", `${found}: ${missing(fault)}`, ...policies(login));
    case "server":
    case "broken":
    case "malformed":
    case "stale-id":
      return list.fault(
        "answers",
        found,
        "the router may be starting or busy: /log/print, and run doctor again in a minute",
      );
    case "unreachable":
    case "certificate":
      return list.fault("reachable", found, "it answered a moment ago: run doctor again");
    case "not-sent":
    case "not-found":
    case "unchangeable":
    case "exists":
    case "refused":
      if (fault.detail.includes("(ipv6)"))
        return list.fault(
          "IPv6",
          `${found}: the router has no IPv6 menus`,
          "/system/package/print shows what is installed; a rule can't be set without them",
        );
      return list.fault("answers", found, "check that ROUTER_URL is a MikroTik with RouterOS 7");
  }
}

/** Without `api` it is `not allowed`, without another policy `not enough permissions`; both 500. */
function missing({ detail }: RouterFault): string {
  return detail.includes("not allowed")
    ? "the group lacks the policy api"
    : "the group lacks the policy read";
}

function loginRefused({ user, source }: Login): string[] {
  const name = wordOf(user);
  const from = source === null ? "the agent's" : source;
  return [
    "401 is a wrong password, a disabled user, a group without rest-api, or an address that is not",
    `the user's. On the router: /user/print detail where name=${name}`,
    `/user/set [find name=${name}] disabled=no password=… address=… (with ${from} inside)`,
    ...policies({ user, source }),
  ];
}

function policies({ user }: Login): string[] {
  const group = `[/user/get [find name=${wordOf(user)}] group]`;
  return [`/user/group/set [find name=${group}] policy=${NEEDED}`, LATER];
}

/** No read can show `write`: how a person sees it. */
export function writeUnproven({ user }: Login, list: Checklist): void {
  const group = `[/user/get [find name=${wordOf(user)}] group]`;
  list.warning(
    "right to write",
    "not proven: that takes a write, and doctor makes none",
    `/user/group/print detail where name=${group} must name write`,
  );
}
