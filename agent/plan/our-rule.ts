// Our rule in words, and as the report says it. Pure.
import type { RuleState } from "../../src/protocol/report.ts";
import type { Policy } from "../ports/policy.ts";
import type { RouterView, RuleOnRouter } from "../ports/router.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import type { World } from "../ports/world.ts";
import { isAnotherRouter } from "./another-router.ts";

/** In words which routers answered otherwise than expected; empty if none did. */
export function routersInWords(view: RouterView | null, world: World): string {
  if (view === null) return "";
  const { routers = [], notes = [] } = view;
  const another = isAnotherRouter(view, world)
    ? [
        `ROUTER_URL leads to ${routers.join(" and ")}, and the last report was about ${world.lastRule?.routers?.join(" and ")}; if they stand for each other, name both routers' own addresses in ROUTER_URL`,
      ]
    : [];
  return [...notes, ...another].map((note) => ` ${note.replace(/^./, upper)}.`).join("");
}

const upper = (letter: string) => letter.toUpperCase();

/** In words who else uses our rule; empty if nobody does. */
export function usedByInWords({ usedBy = [], stays = false }: Partial<Withdrawn>): string {
  if (usedBy.length === 0) return "";
  const clusters = `${usedBy.length === 1 ? "the cluster" : "the clusters"} ${usedBy.join(", ")}`;
  return stays
    ? `It stays on the router, because it is also used by ${clusters}; this cluster no longer counts as one that does. To take it off for all of them, ask for an undo for all clusters, or run the agent's command "withdraw --all".`
    : `It was taken off for ${clusters} too.`;
}

/** In words what bears our mark and is not ours; empty if there is none. */
export function leftAloneInWords(found: readonly string[] = []): string {
  if (found.length === 0) return "";
  return ` Left alone, because it bears our mark but is not as we write it: ${found.join("; ")}. Remove it by hand if nobody wants it.`;
}

/** In words what may decide before the rule does; empty if it is first. */
export function behindInWords(behind: string | null | undefined): string {
  return behind === null || behind === undefined ? "" : ` It stands behind “${behind}”.`;
}

/** As the report says it; `at`: when it was read, ms since the epoch. */
export function ruleState(rule: RuleOnRouter, at: number, policy: Policy): RuleState {
  return {
    state: "present",
    ours: rule.ours,
    at,
    life: policy.life,
    ...(rule.comment === null ? {} : { comment: rule.comment }),
    networks: [...rule.networks],
    disabled: rule.disabled,
    behind: rule.behind,
    packets: rule.packets,
  };
}
