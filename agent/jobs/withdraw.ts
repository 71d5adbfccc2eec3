// The job `withdraw`: our rule off, whatever the path is like.
import { finish, NOTHING_FOUND, type CarryOut } from "../plan/stop.ts";
import { withdrawNow } from "../stages/take-off.ts";

export const withdraw: CarryOut = async (work) => {
  const { router, policy } = work.world;
  if (router === null)
    return finish(NOTHING_FOUND, { outcome: "refused", summary: "No router is configured." });
  if (policy.mode === "observe")
    return finish(NOTHING_FOUND, {
      outcome: "refused",
      summary:
        "The agent's MODE is observe, which writes nothing; remove the rule by hand, or run its command `withdraw`.",
    });
  const forAll = work.job.scope === "all" ? ({ scope: "all" } as const) : {};
  return withdrawNow(work, NOTHING_FOUND, {
    why: "Asked by a person.",
    outcome: "withdrawn",
    remedies: "all",
    ...forAll,
  });
};
