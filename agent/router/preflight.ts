// What must hold before the first write. That the filter can be read, the caller has seen already.
import * as z from "zod";
import type { Result } from "../world.ts";
import type { RouterClient } from "./client.ts";
import { failureOf } from "./fault.ts";
import type { Answered } from "./sender.ts";

const Resource = z.object({ version: z.string() });
const Ipv6Settings = z.object({
  "disable-ipv6": z.string().optional(),
  forward: z.string().optional(),
});

/** `7.23.7 (long-term)` → that text. */
export async function readVersion(client: RouterClient): Promise<Answered<string>> {
  const resource = await client.get("system/resource", Resource);
  return resource.ok ? { ok: true, value: resource.value.version } : resource;
}

/** Version 7.9 or newer (older ones have no REST worth the name), and IPv6 routed at all. */
export async function preflight(client: RouterClient): Promise<Result<true>> {
  const version = await readVersion(client);
  if (!version.ok) return { ok: false, error: failureOf(version.fault) };
  if (!isRecent(version.value))
    return giveUp(`${client.on} runs RouterOS ${version.value}; 7.9 or newer is needed`);
  const settings = await client.get("ipv6/settings", Ipv6Settings);
  if (!settings.ok) return { ok: false, error: failureOf(settings.fault) };
  if (isYes(settings.value["disable-ipv6"]))
    return giveUp(`${client.on} has disable-ipv6=yes: a rule there changes nothing`);
  if (isNo(settings.value.forward))
    return giveUp(`${client.on} has /ipv6/settings forward=no: it does not route IPv6`);
  return { ok: true, value: true };
}

function isRecent(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 9);
}

const isYes = (text: string | undefined) => text === "true" || text === "yes";
const isNo = (text: string | undefined) => text === "false" || text === "no";

function giveUp(message: string): Result<true> {
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}
