// The Worker: the way to it in both families, its clock, its protocol, and whether it takes our token.
import { inSeconds } from "../../../src/shown/duration.ts";
import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import * as z from "zod";
import { PROTOCOL } from "../../../src/protocol/calls.ts";
import { VERSION } from "../../../src/protocol/version.ts";
import type { Settings } from "../../settings/environment.ts";
import { racingAgent } from "../../worker/race.ts";
import { createWorker } from "../../worker/api.ts";
import { checklist, type Check, type Checklist } from "./check.ts";
import {
  askHealth,
  type Family,
  type FamilyLookup,
  type Health,
  type HealthRequest,
} from "./worker-health.ts";

/** Makes valid certificates look invalid (docs/design.md section 5, row 3). */
const CLOCK_FAULT_MS = 300_000;
/** The Date header has whole seconds; less than this is the way and the rounding. */
const CLOCK_WARNING_MS = 30_000;

export async function workerChecks(
  settings: Settings,
  { now, lookup }: { readonly now: () => number; readonly lookup: FamilyLookup },
): Promise<readonly Check[]> {
  const { WORKER_URL, WORKER_TOKEN, WORKER_TIMEOUT_MS: timeoutMs } = settings;
  if (WORKER_URL === undefined) return [];
  const url = new URL(WORKER_URL);
  const list = checklist("Worker", url.host);
  const asking = { url, timeoutMs, lookup };
  const [raced, v4, v6] = await Promise.all([
    askHealth(asking),
    overFamily(asking, 4),
    overFamily(asking, 6),
  ]);
  const answers = checkWay(raced, { v4, v6 }, list);
  if (!answers) return list.checks;
  checkClock(raced, now(), list);
  if (WORKER_TOKEN !== undefined) await checkToken(settings, { url, token: WORKER_TOKEN }, list);
  return list.checks;
}

/** Null: the host has no address in this family. */
async function overFamily(asking: HealthRequest, family: Family): Promise<Health | null> {
  const host = asking.url.hostname.replace(/^\[(.*)\]$/, "$1");
  const none: readonly string[] = [];
  // A name without an address in one family rejects; the race says why where it matters.
  const addresses =
    isIP(host) === 0
      ? await asking.lookup(host, family).catch(() => none)
      : [host].filter((literal) => isIP(literal) === family);
  if (addresses.length === 0) return null;
  const only: FamilyLookup = async (_host, asked) => (asked === family ? addresses : none);
  return askHealth({ ...asking, lookup: only });
}

type PerFamily = { readonly v4: Health | null; readonly v6: Health | null };

/** True if backon's Worker answers. */
function checkWay(raced: Health, { v4, v6 }: PerFamily, list: Checklist): boolean {
  if (raced.kind === "no-answer") {
    list.fault("reachable", raced.detail, ...unreachable(raced.detail));
    return false;
  }
  const { version, status, family, ms } = raced;
  if (version === null) {
    const what = `${status} to /healthz, but not from backon's Worker`;
    list.fault("reachable", what, "check WORKER_URL: the Worker's origin, without a path");
    return false;
  }
  list.ok("reachable", `version ${version}; IPv${family} won the race, ${ms} ms`);
  for (const [name, health] of [
    ["IPv4", v4],
    ["IPv6", v6],
  ] as const)
    if (health === null) list.ok(name, "its host has no such address here");
    else if (health.kind === "answer") list.ok(name, `answers, ${health.ms} ms`);
    else
      list.warning(
        name,
        health.detail,
        "the agent goes on over the other family; for the path itself: npm run diagnose",
      );
  return true;
}

function unreachable(detail: string): string[] {
  if (/certificate|altnames|self-signed/i.test(detail))
    return ["check WORKER_URL's name and the Worker's certificate; only the usual CAs count"];
  return ["check WORKER_URL, the name's DNS and this machine's way out on that port"];
}

function checkClock(raced: Health, now: number, list: Checklist): void {
  const time = raced.kind === "answer" ? raced.serverTime : null;
  // Cloudflare sends one; plain workerd does not.
  if (time === null) return list.ok("clock", "its answer has no Date: not compared");
  const aheadMs = time - now;
  const off = Math.abs(aheadMs);
  const found = `${inSeconds(off)} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
  const mend = "set this machine's clock (NTP), or look at the Worker's";
  if (off > CLOCK_FAULT_MS) return list.fault("clock", found, mend);
  if (off > CLOCK_WARNING_MS) return list.warning("clock", found, mend);
  list.ok("clock", `within ${inSeconds(CLOCK_WARNING_MS)} of this machine's`);
}

/** Claims with no kinds: nothing can be handed out, whatever is queued, and no lease is taken over. */
async function checkToken(
  settings: Settings,
  { url, token }: { readonly url: URL; readonly token: string },
  list: Checklist,
): Promise<void> {
  const agent = racingAgent({ secure: url.protocol === "https:" });
  const worker = createWorker({
    url: url.href,
    token: () => token,
    timeoutMs: settings.WORKER_TIMEOUT_MS,
    agent,
    hush: (body) => body,
  });
  const name = settings.AGENT_ID ?? hostname();
  const claimed = await worker.claim({
    protocol: PROTOCOL.max,
    agent: name,
    process: null,
    claimId: randomUUID(),
    version: VERSION,
    node: settings.NODE_NAME ?? null,
    mode: settings.MODE,
    kinds: [],
  });
  agent.destroy();
  if (!claimed.ok) return explainRefusal(claimed.status, claimed.message, list);
  list.ok("protocol", `${PROTOCOL.max}; the Worker is ${claimed.value.worker}`);
  list.ok(
    "token",
    `accepted${claimsIn(token)}; asked for no job. This counts as a poll: its status shows ${name} as seen now`,
  );
}

function explainRefusal(status: number | null, message: string, list: Checklist): void {
  const mint = "npm run token -- --cluster NAME --role agent, then WORKER_TOKEN (or its file)";
  if (status === 401 || status === 403) return list.fault("token", message, mint);
  if (status === 426)
    return list.fault("protocol", message, "upgrade the Worker first, then the agent");
  if (status === 503)
    return list.fault("claim", message, "look at the Worker's log: its configuration or its store");
  list.fault("claim", message, "try again; if it stays, look at the Worker's log");
}

const Claims = z.object({ role: z.string(), cluster: z.string() });

/** What the token says of itself; the Worker has just checked it. Never the token. */
function claimsIn(token: string): string {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { role, cluster } = Claims.parse(JSON.parse(payload));
    return `: role ${role}, cluster ${cluster}`;
  } catch {
    // Not one of ours to read; that the Worker took it is what counts.
    return "";
  }
}
