// Two simulated routers, which of them forwards, who is down, and the agents of two clusters before them.
import { createRouterClient, type RouterClient } from "../../../agent/router/client.ts";
import { identifiedRouter } from "../../../agent/router/identified.ts";
import { createMarkers } from "../../../agent/router/markers.ts";
import { pairedRouters, type Member } from "../../../agent/router/pair.ts";
import { createPrefixRouter } from "../../../agent/router/prefix.ts";
import { sharedRouter } from "../../../agent/router/shared.ts";
import type { Policy } from "../../../agent/ports/policy.ts";
import type { Router } from "../../../agent/ports/router.ts";
import { refusal } from "../../../sim/routeros/errors.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { startRouterOs, type RouterOs } from "../../../sim/routeros/server.ts";
import { aPolicy } from "../../support/a-policy.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";
import { LOGIN } from "../agent-process.ts";
import { openBooks, type Books } from "../books.ts";
import type { Cluster } from "../history.ts";
import { newSite } from "../site.ts";
import type { PairHistory, Which } from "./pair-history.ts";

/** Agents with one mistake, which the histories have to notice. */
export type PairMutant = {
  readonly pair?: (members: readonly [Member, Member]) => Router;
  readonly identified?: (inner: Router, client: RouterClient) => Router;
  readonly router?: (inner: Router, os: RouterOs) => Router;
};

export type PairSite = {
  readonly routers: readonly [RouterOs, RouterOs];
  readonly site: SiteInMemory;
  readonly policy: Policy;
  readonly books: Readonly<Record<Cluster, Books>>;
  forwards: Which;
  /** Requests of this job until the other one forwards; null: it stays. */
  failsOverAt: number | null;
  readonly down: [boolean, boolean];
  readonly deletes: ["refused" | "frozen" | null, "refused" | "frozen" | null];
  /** The agent's way to the routers, anew for each job. */
  openRouter(cluster: Cluster): { readonly router: Router; close(): void };
  close(): Promise<void>;
};

/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:1";

export async function openPairSite(
  { reached }: PairHistory,
  mutant: PairMutant,
): Promise<PairSite> {
  const site = newSite();
  const policy = aPolicy();
  const start = (which: Which): Promise<RouterOs> =>
    startRouterOs({
      ...LOGIN,
      plainHttp: true,
      now: () => site.now,
      loginDelayMs: 0,
      msPerRow: 0,
      rules: homeRules,
      identity: `core-${which + 1}`,
      serial: `HEX${which + 1}`,
      between: (request, next) => {
        if (pair.failsOverAt !== null && (pair.failsOverAt -= 1) <= 0) {
          pair.failsOverAt = null;
          pair.forwards = pair.forwards === 0 ? 1 : 0;
        }
        const kept = request.method === "DELETE" ? pair.deletes[which] : null;
        if (kept === null) return next(request);
        const refused = refusal(400, "failure: can not remove");
        return Promise.resolve(kept === "frozen" ? { status: 204 } : refused);
      },
    });
  const routers = [await start(0), await start(1)] as const;
  const clock = {
    now: () => site.now,
    sleep: async (ms: number) => void (site.now += ms),
  };
  const pair: PairSite = {
    routers,
    site,
    policy,
    books: { home: openBooks(), barn: openBooks() },
    forwards: 0,
    failsOverAt: null,
    down: [false, false],
    deletes: [null, null],
    openRouter(cluster) {
      const clients: RouterClient[] = [];
      const member = (which: Which): Member => {
        const os = routers[which];
        const url = pair.down[which] ? NOWHERE : os.url;
        const made = createRouterClient({ ...LOGIN, url, allowHttp: true, clock, log: () => {} });
        if (!made.ok) throw new Error(made.error.message);
        const client = made.value;
        clients.push(client);
        const { prefix } = policy;
        const markers = createMarkers({ client, clock }, cluster);
        const shared = sharedRouter(createPrefixRouter({ client, clock, prefix }), markers);
        const identified = (mutant.identified ?? identifiedRouter)(shared, client);
        return { on: client.on, router: mutant.router?.(identified, os) ?? identified };
      };
      const router =
        reached === "virtual"
          ? member(pair.forwards).router
          : (mutant.pair ?? pairedRouters)([member(0), member(1)]);
      return { router, close: () => clients.forEach((client) => client.close()) };
    },
    close: async () => {
      for (const os of routers) await os.close();
    },
  };
  return pair;
}
