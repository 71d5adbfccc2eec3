// Did the clamp help? Judges the round that was measured after it. Pure.
import type { Family, Round } from "../../src/protocol/round.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { PAST_THE_RULE } from "../diagnosis/past-the-rule.ts";
import type { ClampOnRouter } from "../ports/clamp.ts";
import type { Clamping } from "./clamp.ts";

export type AfterClamp = {
  readonly round: Round;
  readonly clamping: Clamping;
  /** Ours as it was written, and as it was read after the round. */
  readonly counted: {
    readonly before: readonly ClampOnRouter[];
    readonly after: readonly ClampOnRouter[];
  };
  /** What answered before and does not now, in words. */
  readonly cut: readonly string[];
};

/** Why it did not help, and over which family; `family` null: it cuts somebody off. Empty if it helped. */
export function reasonsClampNotHelped({ round, clamping, counted, cut }: AfterClamp): {
  readonly family: Family | null;
  readonly text: string;
}[] {
  const { hosts, families } = clamping;
  return [
    ...cut.map((who) => ({ family: null, text: `${who} answered before it and does not now` })),
    ...families.flatMap((family) =>
      hosts.flatMap((host) => {
        const { state } = hostFamily(round, host, family);
        // A host without an address in this family has nothing to prove.
        return state === "ok" || state === "none"
          ? []
          : [
              {
                family,
                text: `large packets to ${host} are still lost over ${familyName(family)}`,
              },
            ];
      }),
    ),
    ...families.flatMap((family) =>
      packets(counted.after, family) > packets(counted.before, family)
        ? []
        : [
            {
              family,
              text: `the clamp for ${familyName(family)} counted no packet, so this node's packets go past it: look at ${PAST_THE_RULE}`,
            },
          ],
    ),
  ];
}

function packets(clamps: readonly ClampOnRouter[], family: Family): bigint {
  return clamps
    .filter((one) => one.family === family && !one.disabled)
    .reduce((sum, one) => sum + BigInt(one.packets), 0n);
}

export function familyName(family: Family): string {
  return family === "v4" ? "IPv4" : "IPv6";
}
