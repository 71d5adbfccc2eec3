// How the agent asks: from a closed list, with care after a broken answer, and without telling secrets.
import type { Policy } from "../../agent/ports/policy.ts";
import type { RestRequest } from "../../sim/routeros/rest-request.ts";
import { LOGIN } from "./agent-process.ts";
import { Violation } from "./watch.ts";

export type Manners = {
  /** A request has arrived. */
  asked(request: RestRequest): void;
  /** The agent got no whole answer. */
  broke(): void;
  /** Another process asks from now on. */
  begin(): void;
};

/** An aborted request hurts those that follow for up to 2.4 s (reference, section 7). */
const HURTS_MS = 2_400;

export function watchManners(policy: Policy, now: () => number): Manners {
  let brokenAt: number | null = null;
  return {
    asked(request) {
      const { method, path } = request;
      if (!isOnTheList(request, policy)) throw new Violation(`asked for ${method} ${path}`);
      if (brokenAt === null) return;
      const waitedMs = now() - brokenAt;
      if (path !== "/rest/system/identity" || waitedMs < HURTS_MS)
        throw new Violation(`${waitedMs} ms after a broken answer: ${method} ${path}`);
      brokenAt = null;
    },
    broke: () => void (brokenAt ??= now()),
    begin: () => void (brokenAt = null),
  };
}

const CLOSED_LIST = [
  /^GET \/rest\/(system\/(resource|identity)|ipv6\/settings|ipv6\/firewall\/filter)$/,
  /^PUT \/rest\/ipv6\/firewall\/filter$/,
  /^POST \/rest\/ipv6\/firewall\/filter\/move$/,
  /^DELETE \/rest\/ipv6\/firewall\/filter\/\*[0-9A-F]+$/,
  /^GET \/rest\/ipv6\/firewall\/address-list\?list=backon-clusters$/,
  /^PUT \/rest\/ipv6\/firewall\/address-list$/,
  /^(PATCH|DELETE) \/rest\/ipv6\/firewall\/address-list\/\*[0-9A-F]+$/,
];
const WITH_LIST = [/^GET \/rest\/ipv6\/firewall\/address-list\?list=backon-block-v6$/];

/** The router is asked for nothing but what the agent is known to ask. */
function isOnTheList({ method, path }: RestRequest, { profile }: Policy): boolean {
  const asked = `${method} ${path}`;
  const allowed = profile === "prefix" ? CLOSED_LIST : [...CLOSED_LIST, ...WITH_LIST];
  return allowed.some((pattern) => pattern.test(asked));
}

/** The password goes into the one header and nowhere else. */
export function tellsNoSecret(texts: readonly string[]): void {
  const secret = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString("base64");
  for (const text of texts) {
    const rest = text.replaceAll(`\r\nAuthorization: Basic ${secret}`, "");
    for (const word of [secret, LOGIN.password])
      if (rest.includes(word)) throw new Violation(`the password went out in: ${rest}`);
  }
}
