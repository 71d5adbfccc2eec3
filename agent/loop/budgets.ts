// What this agent allows itself, whatever jobs come: looks at the router a minute, writes and restarts
// an hour. Nothing of ours is ever kept on the router by a budget: a withdrawal is not counted.
import { budgetOf } from "../plan/budget.ts";
import type { Clamper } from "../ports/clamp.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster } from "../ports/cluster.ts";
import type { Log } from "../ports/log.ts";
import type { Router } from "../ports/router.ts";

type Limits = {
  readonly routerLooksPerMinute: number;
  readonly routerWritesPerHour: number;
  readonly restartsPerHour: number;
};
export type BudgetName = "router-looks" | "router-writes" | "restarts";

type Keeping = {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly log: Log;
  /** A look had to wait, or a write or a restart was refused. */
  readonly usedUp: (budget: BudgetName) => void;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A look waits for its turn, a minute at most, and is never refused: only a look finds out that IPv4
 * was lost under our rule. A call that would write more than the hour allows is refused by name.
 */
export function budgetedRouter<Kept extends Router>(router: Kept, keeping: Keeping): Kept {
  const { clock, log, usedUp, limits } = keeping;
  const { clamp } = router;
  const looks = budgetOf(limits.routerLooksPerMinute, MINUTE_MS);
  const writes = budgetOf(limits.routerWritesPerHour, HOUR_MS);

  const turnToLook = async (): Promise<void> => {
    const waitMs = looks.freeAt(clock.now()) - clock.now();
    if (waitMs > 0) {
      usedUp("router-looks");
      log("the router is not looked at yet: ROUTER_LOOKS_PER_MINUTE is used up", { waitMs });
      await clock.sleep(waitMs);
    }
    looks.use(clock.now());
  };

  /** One call counts once, however many rows it writes, and only if it writes. */
  const withinHour = async <Answer>(
    stillAllowed: () => boolean,
    call: (allowed: () => boolean) => Promise<Answer>,
  ): Promise<Answer | Refused> => {
    let state: "unused" | "used" | "refused" = "unused";
    const answer = await call(() => {
      if (!stillAllowed()) return false;
      const now = clock.now();
      if (state === "unused") state = writes.freeAt(now) > now ? "refused" : "used";
      else return state === "used";
      if (state === "used") writes.use(now);
      else usedUp("router-writes");
      return state === "used";
    });
    if (!wasRefused(state)) return answer;
    const { routerWritesPerHour: most } = limits;
    const message = usedUpInWords("ROUTER_WRITES_PER_HOUR", most, writes.freeAt(clock.now()));
    const error = { next: "give-up", uncertain: false, message } as const;
    return { ok: false, error };
  };

  return {
    ...router,
    look: async (seen) => {
      await turnToLook();
      return router.look(seen);
    },
    ensure: (wanted, stillAllowed) =>
      withinHour(stillAllowed, (allowed) => router.ensure(wanted, allowed)),
    tidy: (rule, stillAllowed) => withinHour(stillAllowed, (allowed) => router.tidy(rule, allowed)),
    ...(clamp === undefined
      ? {}
      : {
          clamp: {
            ...clamp,
            look: async () => {
              await turnToLook();
              return clamp.look();
            },
            ensure: (wanted, stillAllowed) =>
              withinHour(stillAllowed, (allowed) => clamp.ensure(wanted, allowed)),
          } satisfies Clamper,
        }),
  };
}

type Refused = {
  readonly ok: false;
  readonly error: { readonly next: "give-up"; readonly uncertain: false; readonly message: string };
};

function wasRefused(state: string): boolean {
  return state === "refused";
}

/** A pod beyond the hour's budget is left, and its story says so. */
export function budgetedCluster<Kept extends Cluster>(cluster: Kept, keeping: Keeping): Kept {
  const { clock, usedUp, limits } = keeping;
  const restarts = budgetOf(limits.restartsPerHour, HOUR_MS);
  return {
    ...cluster,
    restart: async (pod, method, reasonToLeave) => {
      const freeAt = restarts.freeAt(clock.now());
      if (freeAt > clock.now()) {
        usedUp("restarts");
        const detail = usedUpInWords("RESTARTS_PER_HOUR", limits.restartsPerHour, freeAt);
        return { restarted: "left", detail };
      }
      const result = await cluster.restart(pod, method, reasonToLeave);
      if (result.restarted !== "left") restarts.use(clock.now());
      return result;
    },
  };
}

function usedUpInWords(name: string, most: number, freeAt: number): string {
  const until = new Date(freeAt).toISOString();
  return `${name}=${most} are used up until ${until}; nothing was done. Raise it if these jobs were wanted`;
}
