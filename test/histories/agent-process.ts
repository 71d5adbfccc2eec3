// One life of the agent: its own connection to the router and the jobs' world, until it is over.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { createAddressListRouter } from "../../agent/router/address-list.ts";
import { createRouterClient, type RouterClient } from "../../agent/router/client.ts";
import { createMarkers } from "../../agent/router/markers.ts";
import { createPrefixRouter } from "../../agent/router/prefix.ts";
import { sharedRouter } from "../../agent/router/shared.ts";
import type { Lease } from "../../agent/ports/lease.ts";
import type { Policy } from "../../agent/ports/policy.ts";
import type { Router } from "../../agent/ports/router.ts";
import type { World } from "../../agent/ports/world.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import { aRule } from "../support/a-rule.ts";
import { aWorld } from "../support/a-world.ts";
import { Died, type SiteInMemory } from "../support/site-in-memory.ts";
import type { Books } from "./books.ts";
import type { Cluster } from "./history.ts";
import { blockedAt } from "./truth.ts";

export const LOGIN = { user: "backon", password: "never-to-be-seen-outside" } as const;

/** Changes in the agent that the histories have to notice. */
export type Mutant = {
  readonly client?: (client: RouterClient) => RouterClient;
  readonly router?: (router: Router, client: RouterClient) => Router;
};

export type Place = {
  readonly os: RouterOs;
  readonly relayPort: number;
  readonly site: SiteInMemory;
  readonly policy: Policy;
  /** What each cluster's Worker remembers. */
  readonly books: Readonly<Record<Cluster, Books>>;
  readonly mutant: Mutant;
};

export type AgentProcess = {
  worldFor(job: ClaimedJob | null): World;
  /** Nothing is called any more, and nothing that was called comes back. */
  die(): void;
  stop(how: "lost" | "cancelled"): void;
  close(): void;
};

export function startAgent(place: Place, cluster: Cluster): AgentProcess {
  const { os, relayPort, site, policy, mutant } = place;
  const state = { dead: false, lost: false, cancelled: false };
  const alive = <Part extends object>(part: Part): Part => mortal(part, () => state.dead);
  const clock = alive({
    now: () => site.now,
    sleep: async (ms: number) => {
      site.now += ms;
    },
  });
  const made = createRouterClient({
    ...LOGIN,
    url: `${new URL(os.url).protocol}//127.0.0.1:${relayPort}`,
    allowHttp: true,
    ...(os.ca === "" ? {} : { ca: os.ca }),
    clock,
    log: () => {},
  });
  if (!made.ok) throw new Error(made.error.message);
  const client = mutant.client?.(made.value) ?? made.value;
  const markers = createMarkers({ client, clock }, cluster);
  const adapter = sharedRouter(adapterFor(client, clock, policy), markers);
  const books = place.books[cluster];
  const router = mutant.router?.(adapter, client) ?? adapter;
  return {
    worldFor(job) {
      const world = aWorld(site);
      const looking = <Part extends object>(part: Part) => alive(seeing(part, () => os, site));
      return {
        ...world,
        cluster: looking(world.cluster),
        network: looking(world.network),
        router: alive(router),
        lease: alive(leaseFor(job, { books, site }, state)),
        clock,
        policy,
        lastRule: books.rule,
      };
    },
    die: () => void (state.dead = true),
    stop(how) {
      if (how === "lost") state.lost = true;
      else state.cancelled = true;
    },
    close: () => made.value.close(),
  };
}

function adapterFor(client: RouterClient, clock: World["clock"], policy: Policy): Router {
  const { prefix, addressList: list, entryLifetimeMs: lifetimeMs } = policy;
  return policy.profile === "prefix"
    ? createPrefixRouter({ client, clock, prefix })
    : createAddressListRouter({ client, clock, prefix, list, lifetimeMs });
}

function leaseFor(
  job: ClaimedJob | null,
  { books, site }: { readonly books: Books; readonly site: SiteInMemory },
  state: { readonly lost: boolean; readonly cancelled: boolean },
): Lease {
  return {
    cancelled: () => state.cancelled || state.lost,
    stillHeld: () => !state.cancelled && !state.lost,
    stage: () => {},
    waits: () => {},
    async mayWrite({ on, what, adds = false }) {
      if (state.lost || job === null) {
        const message = "409: another agent has the job";
        return { ok: false, error: { next: "retry", uncertain: false, message } };
      }
      books.announce(job, { on, what, adds }, site.now);
      return { ok: true, value: true };
    },
  };
}

/** Cluster and network in memory see the table of the router that forwards now, as packets would. */
export function seeing<Part extends object>(
  part: Part,
  os: () => RouterOs,
  site: SiteInMemory,
): Part {
  return eachCall(part, () => {
    const networks = blockedAt(os()).map((address) => `${address}/128`);
    site.rules = networks.length === 0 ? [] : [aRule({ networks })];
  });
}

function mortal<Part extends object>(part: Part, isDead: () => boolean): Part {
  return eachCall(part, () => {
    if (isDead()) throw new Died("the process is dead");
  });
}

function eachCall<Part extends object>(part: Part, before: () => void): Part {
  return new Proxy(part, {
    get(target, name) {
      const its: unknown = Reflect.get(target, name);
      if (typeof its !== "function") return its;
      return (...given: unknown[]): unknown => {
        before();
        return Reflect.apply(its, target, given);
      };
    },
  });
}
