// What must hold before the first write. That the menus can be read, the caller has seen already.
import * as z from "zod";
import type { Clock, Failure } from "../world.ts";
import type { RouterClient } from "./client.ts";
import { failureOf } from "./fault.ts";
import type { Answered } from "./sender.ts";

const Resource = z.object({ version: z.string() });
const Ipv6Settings = z.object({
  "disable-ipv6": z.string().optional(),
  forward: z.string().optional(),
});

export type Preflight = {
  /** `7.23.7 (long-term)`. Always asks. */
  version(): Promise<Answered<string>>;
  /** Version 7.9 or newer (older ones have no REST worth the name), and IPv6 routed at all. */
  check(): Promise<Failure | null>;
};

/**
 * A version changes only with a restart, which breaks the connection (then it is asked for again) or
 * happens while there is none; this is about the time from a look to the write that follows from it.
 */
const VERSION_LASTS_MS = 600_000;

export function createPreflight(client: RouterClient, clock: Clock): Preflight {
  let known: { readonly version: string; readonly at: number; readonly doubts: number } | null =
    null;
  const version = async (): Promise<Answered<string>> => {
    const resource = await client.get("system/resource", Resource);
    if (!resource.ok) return resource;
    known = { version: resource.value.version, at: clock.now(), doubts: client.doubts() };
    return { ok: true, value: known.version };
  };
  const remembered = (): string | null =>
    known !== null && known.doubts === client.doubts() && clock.now() - known.at <= VERSION_LASTS_MS
      ? known.version
      : null;
  return {
    version,
    async check() {
      const before = remembered();
      const asked = before === null ? await version() : ({ ok: true, value: before } as const);
      if (!asked.ok) return failureOf(asked.fault);
      if (!isRecent(asked.value))
        return giveUp(`${client.on} runs RouterOS ${asked.value}; 7.9 or newer is needed`);
      const settings = await client.get("ipv6/settings", Ipv6Settings);
      if (!settings.ok) return failureOf(settings.fault);
      if (isYes(settings.value["disable-ipv6"]))
        return giveUp(`${client.on} has disable-ipv6=yes: a rule there changes nothing`);
      if (isNo(settings.value.forward))
        return giveUp(`${client.on} has /ipv6/settings forward=no: it does not route IPv6`);
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

function giveUp(message: string): Failure {
  return { next: "give-up", uncertain: false, message };
}
