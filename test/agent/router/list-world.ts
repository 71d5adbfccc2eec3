// A simulated router whose clock the test holds, and the `address-list` profile looking at it.
import { createAddressListRouter } from "../../../agent/router/address-list.ts";
import type { RouterClientOptions } from "../../../agent/router/client.ts";
import type { Router } from "../../../agent/ports/router.ts";
import type { RuleFields } from "../../../src/protocol/report.ts";
import type { RouterOsOptions } from "../../../sim/routeros/server.ts";
import { aRouterWorld, valueOf, type RouterWorld } from "./router-world.ts";

export const MINUTE = 60_000;
export const LIST = "backon-block-v6";
/** What our entries say. */
export const ENTRY_COMMENT = "Docker Hub IPv6 is broken here; goes by itself [backon]";
export const LIST_MENU = "ipv6/firewall/address-list";

/** What the plan of this profile asks for. */
export const inertRule = {
  chain: "forward",
  action: "reject",
  "reject-with": "tcp-reset",
  "dst-address-list": LIST,
  protocol: "tcp",
  "dst-port": "443",
  "tcp-flags": "syn,!ack",
  comment: "Block Docker Hub IPv6 - forces IPv4 fallback [backon]",
} satisfies RuleFields;

/** Two of Docker Hub's addresses, and the /64 of each. */
export const HUB = "2600:1f18:2148:bc00:1111:2222:3333:4444";
export const AUTH = "2600:1f18:2148:bc01::5";
export const HUB_NET = "2600:1f18:2148:bc00::/64";
export const AUTH_NET = "2600:1f18:2148:bc01::/64";

export const wantedFor = (...addresses: string[]) => ({ rule: inertRule, addresses });

export type ListWorld = RouterWorld & {
  readonly router: Router;
  /** Time goes on, at the router and here. */
  pass(ms: number): void;
  /** Somebody adds a row to an address list; gives its `.id`. */
  addEntry(fields: Readonly<Record<string, string>>): Promise<string>;
};

export async function aListWorld(
  options: Partial<RouterOsOptions> = {},
  settings: Partial<RouterClientOptions> = {},
): Promise<ListWorld> {
  let ms = Date.UTC(2026, 10, 23);
  const now = () => ms;
  const pauses: number[] = [];
  const sleep = async (paused: number) => void pauses.push(paused);
  const clock = settings.clock ?? { now, sleep };
  const world = await aRouterWorld(
    { now, plainHttp: true, ...options },
    { allowHttp: true, ...settings, clock },
  );
  const { client, os } = world;
  const router = createAddressListRouter({
    client,
    clock,
    prefix: "2600:1f18::/32",
    list: LIST,
    lifetimeMs: 30 * MINUTE,
  });
  return {
    ...world,
    pauses,
    router,
    pass: (more) => void (ms += more),
    async addEntry(fields) {
      const write = { method: "PUT", path: LIST_MENU, body: { list: LIST, ...fields } } as const;
      const { on } = client;
      const answered = await client.write(write, () => true);
      if (!answered.ok) throw new Error(`${on} refused: ${answered.fault.detail}`);
      return os.entries().at(-1)?.[".id"] ?? "";
    },
  };
}

/** The rule stands and the list holds the /64 of these addresses; then time passes. */
export async function aBlockingWorld(
  addresses: readonly string[],
  options: Partial<RouterOsOptions> = {},
): Promise<ListWorld> {
  const world = await aListWorld(options);
  valueOf(await world.router.ensure(wantedFor(...addresses), () => true));
  world.pass(10 * MINUTE);
  world.log.splice(0);
  return world;
}

/** List, network and time left of each entry. */
export function entriesOf({ os }: ListWorld): string[] {
  return os
    .entries()
    .map(({ list, address, timeout }) => `${list} ${address} ${timeout ?? "for good"}`);
}
