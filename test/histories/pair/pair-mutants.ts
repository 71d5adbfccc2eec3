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
];
