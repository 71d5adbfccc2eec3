// A recheck of our rule at a site in memory.
import { recheck as recheckJob } from "../../agent/jobs/recheck.ts";
import type { World } from "../../agent/ports/world.ts";
import type { Healing } from "../../src/protocol/calls.ts";
import { aJob, aPolicy } from "./a-policy.ts";
import { NOW, type Path } from "./a-round.ts";
import { aRule } from "./a-rule.ts";
import { hub } from "./a-site.ts";
import { attempt, aWorld, type Ending } from "./a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "./site-in-memory.ts";

export const HOUR = 3_600_000;
export const policy = aPolicy({ life: "until-healed" });

/** Five good rounds over the last day: one more is enough. */
export const nearlyHealed: Healing = {
  since: NOW - 30 * HOUR,
  goodRounds: [24, 20, 16, 12, 8].map((hours) => NOW - hours * HOUR),
  neededRounds: 6,
  neededMs: 24 * HOUR,
  relapses: 0,
};

export function aRuledSite(v4: Path, v6: Path): SiteInMemory {
  const site = aSiteInMemory(hub(v4, v6), []);
  site.rules = [aRule({ testable: true })];
  return site;
}

export function recheck(
  site: SiteInMemory,
  healing: Healing | null = nearlyHealed,
  changes: Partial<World> = {},
): Promise<Ending> {
  const world = aWorld(site, { policy, ...changes });
  return attempt(recheckJob, { job: aJob({ kind: "recheck", healing }), world });
}
