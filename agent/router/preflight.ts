// What must hold before the first write. That the menus can be read, the caller has seen already.
import * as z from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Failure } from "../ports/result.ts";
import type { RouterClient } from "./client.ts";
import { failureOf, type RouterFault } from "./fault.ts";
import type { Answered } from "./sender.ts";

const Resource = z.object({ version: z.string() });
const Ipv6Settings = z.object({
  "disable-ipv6": z.string().optional(),
  forward: z.string().optional(),
});

/** What is in the way of a write: the router as it is set up, or no answer to go by. */
type Unready = Failure &
  (
    | { readonly kind: "version" | "ipv6-off" | "not-forwarding" }
    | { readonly kind: "fault"; readonly fault: RouterFault }
  );

export type Preflight = {
  /** `7.23.7 (long-term)`. Asks, unless it was seen a moment ago. */
  version(seen?: { readonly version: string }): Promise<Answered<string>>;
  /** Version 7.9 or newer (older ones have no REST worth the name), and IPv6 routed at all. */
  check(): Promise<Unready | null>;
};

/** When something was seen, and how many answers had left doubt by then. */
type Moment = { readonly at: number; readonly doubts: number };

/**
 * A version changes only with a restart, which breaks the connection (then it is asked for again) or
 * happens while there is none; this is about the time from a look to the write that follows from it. So it is with
 * /ipv6/settings, and a rule on a router that routes no IPv6 any more does no harm.
 */
const VERSION_LASTS_MS = 600_000;

export function createPreflight(client: RouterClient, clock: Clock): Preflight {
  let known: (Moment & { readonly version: string }) | null = null;
  let passed: Moment | null = null;
  const holds = ({ at, doubts }: Moment) =>
    doubts === client.doubts() && clock.now() - at <= VERSION_LASTS_MS;
  const version = async (seen?: { readonly version: string }): Promise<Answered<string>> => {
    if (seen !== undefined && remembered() === seen.version)
      return { ok: true, value: seen.version };
    const resource = await client.get("system/resource", Resource);
    if (!resource.ok) return resource;
    known = { version: resource.value.version, at: clock.now(), doubts: client.doubts() };
    return { ok: true, value: known.version };
  };
  const remembered = (): string | null => (known !== null && holds(known) ? known.version : null);
  return {
    version,
    async check() {
      if (passed !== null && holds(passed)) return null;
      const before = remembered();
      const asked = before === null ? await version() : ({ ok: true, value: before } as const);
      if (!asked.ok) return asUnready(asked.fault);
      if (!isRecent(asked.value))
        return giveUp(
          "version",
          `${client.on} runs RouterOS ${asked.value}; 7.9 or newer is needed`,
        );
      const settings = await client.get("ipv6/settings", Ipv6Settings);
      if (!settings.ok) return asUnready(settings.fault);
      if (isYes(settings.value["disable-ipv6"]))
        return giveUp(
          "ipv6-off",
          `${client.on} has disable-ipv6=yes: a rule there changes nothing`,
        );
      if (isNo(settings.value.forward))
        return giveUp(
          "not-forwarding",
          `${client.on} has /ipv6/settings forward=no: it does not route IPv6`,
        );
      passed = { at: clock.now(), doubts: client.doubts() };
      return null;
    },
  };
}

function isRecent(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 9);
}

const isYes = (text: string | undefined) => text === "true" || text === "yes";
const isNo = (text: string | undefined) => text === "false" || text === "no";

function asUnready(fault: RouterFault): Unready {
  return { kind: "fault", fault, ...failureOf(fault) };
}

function giveUp(kind: Exclude<Unready["kind"], "fault">, message: string): Unready {
  return { kind, next: "give-up", uncertain: false, message };
}
