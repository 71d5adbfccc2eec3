// Agents with one mistake each before two routers. Histories that do not notice them would prove nothing.
import { pairedRouters } from "../../../agent/router/pair.ts";
import type { PairMutant } from "./pair-site.ts";

export const pairMutants: readonly (PairMutant & {
  readonly mistake: string;
  /** What a history that notices this mistake, and not something beside it, says first. */
  readonly sees: RegExp;
})[] = [
  {
    mistake: "writes to the first router alone",
    sees: /^recovered, and 0 of 0 rules on 2/,
    pair: ([first, second]) => ({
      ...pairedRouters([first, second]),
      look: (seen) => first.router.look(seen),
      ensure: (wanted, stillAllowed) => first.router.ensure(wanted, stillAllowed),
    }),
  },
  {
    mistake: "withdraws from the first router alone",
    sees: /^withdrawn, but something of ours is left on 2/,
    pair: ([first, second]) => ({
      ...pairedRouters([first, second]),
      withdraw: (scope) => first.router.withdraw(scope),
    }),
  },
  {
    mistake: "calls it withdrawn though one was not reached",
    sees: /^withdrawn, (though [12] was not reached|but something of ours is left)/,
    pair: ([first, second]) => ({
      ...pairedRouters([first, second]),
      async withdraw(scope) {
        const each = [await first.router.withdraw(scope), await second.router.withdraw(scope)];
        return each.find(({ ok }) => ok) ?? each[0] ?? pairedRouters([first]).withdraw(scope);
      },
    }),
  },
  {
    mistake: "does not ask who answers",
    sees: /^held by a person who did nothing/,
    identified: (inner) => ({
      ...inner,
      async look(seen) {
        const looked = await inner.look(seen);
        // Whoever answers is taken for the same.
        return looked.ok ? { ok: true, value: { ...looked.value, routers: ["a router"] } } : looked;
      },
    }),
  },
  {
    mistake: "takes whatever bears the mark for ours",
    sees: /^something foreign changed/,
    router: (inner, os) => ({
      ...inner,
      async withdraw(scope) {
        const done = await inner.withdraw(scope);
        for (const row of os.table())
          if (row["comment"]?.includes("[backon]") === true) os.operator.remove(row[".id"] ?? "");
        return done;
      },
    }),
  },
  {
    mistake: "takes a marker by hand off",
    sees: /^something foreign changed/,
    router: (inner, os) => ({
      ...inner,
      async withdraw(scope) {
        const done = await inner.withdraw(scope);
        for (const entry of os.entries())
          if (entry["list"] === "backon-clusters" && entry["timeout"] === undefined)
            os.operator.removeEntry(entry[".id"] ?? "");
        return done;
      },
    }),
  },
];
