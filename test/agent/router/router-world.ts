// A simulated router and the adapter looking at it, as one test needs them.
import { afterEach } from "vitest";
import {
  createRouterClient,
  type RouterClient,
  type RouterClientOptions,
} from "../../../agent/router/client.ts";
import { createPrefixRouter } from "../../../agent/router/prefix.ts";
import type { RouterLogEntry } from "../../../agent/router/sender.ts";
import type { Clock } from "../../../agent/ports/clock.ts";
import type { Result } from "../../../agent/ports/result.ts";
import type { Router } from "../../../agent/ports/router.ts";
import type { RuleFields } from "../../../src/protocol/report.ts";
import {
  startRouterOs,
  type RouterOs,
  type RouterOsOptions,
} from "../../../sim/routeros/server.ts";

export const PASSWORD = "a-very-secret-password";

export const rule = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  "dst-address": "2600:1f18::/32",
  protocol: "tcp",
  "dst-port": "443",
  comment: "Block Docker Hub IPv6 - forces IPv4 fallback [backon]",
} satisfies RuleFields;
export const wanted = { rule, addresses: [] } as const;

/** The same rule as a person types it. */
export const typed = { ...rule, comment: "Block Docker Hub IPv6 - forces IPv4 fallback" };

export type RouterWorld = {
  readonly os: RouterOs;
  readonly router: Router;
  readonly client: RouterClient;
  readonly log: RouterLogEntry[];
  /** How long the adapter paused, ms each. */
  readonly pauses: number[];
};

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

export async function aRouterWorld(
  options: Partial<RouterOsOptions> = {},
  settings: Partial<RouterClientOptions> = {},
): Promise<RouterWorld> {
  const os = await startRouterOs({
    user: "backon",
    password: PASSWORD,
    loginDelayMs: 1,
    ...options,
  });
  open.push(() => os.close());
  const log: RouterLogEntry[] = [];
  const pauses: number[] = [];
  const clock: Clock = settings.clock ?? {
    now: () => Date.now(),
    sleep: async (ms) => {
      pauses.push(ms);
    },
  };
  const client = valueOf(
    createRouterClient({
      url: os.url,
      user: "backon",
      password: PASSWORD,
      ca: os.ca === "" ? undefined : os.ca,
      clock,
      log: (entry) => log.push(entry),
      ...settings,
    }),
  );
  open.push(() => client.close());
  const router = createPrefixRouter({ client, clock, prefix: rule["dst-address"] });
  return { os, router, client, log, pauses };
}

/** The value, or an error that says what went wrong. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`failed: ${result.error.message}`);
  return result.value;
}

/** The failure, or an error if there was none. */
export function errorOf(result: Result<unknown>) {
  if (result.ok) throw new Error("it worked, but should have failed");
  return result.error;
}

/** What was sent, in order: `GET ipv6/settings`. */
export function requestsOf({ log }: Pick<RouterWorld, "log">): string[] {
  return log.map(({ method, path }) => `${method} ${path.replace("/rest/", "")}`);
}

export function commentsOf(os: RouterOs): string[] {
  return os.table().map((row) => row["comment"] ?? "");
}

/** The table without what traffic changes. */
export function withoutCounters(os: RouterOs): object[] {
  const traffic = ["bytes", "packets"];
  return os
    .table()
    .map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !traffic.includes(name))),
    );
}
