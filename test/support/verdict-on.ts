// The verdict on one host whose paths are written as words; everything else as usual.
import { diagnose } from "../../agent/diagnosis/diagnose.ts";
import type { Question } from "../../agent/diagnosis/question.ts";
import type { ProbedVerdict } from "../../agent/diagnosis/verdicts.ts";
import type { Quota, Round } from "../../src/protocol/round.ts";
import { aPolicy } from "./a-policy.ts";
import { aRound, BLOB, HUB, TOKEN, type Path, type Paths } from "./a-round.ts";

type Given = "rules" | "failsOnThisNode" | "toldRateLimited" | "proxy" | "siblings" | "earlier";

/** What is so besides the two paths; default: a pod of this node fails, no rule, quota is left. */
export type Besides = Partial<Pick<Question, Given>> & {
  readonly host?: string;
  readonly registry?: string;
  readonly others?: Paths;
  readonly quota?: Quota;
};

export function verdictOn(v4: Path, v6: Path, how: Besides = {}): ProbedVerdict {
  const { host = HUB, others = {}, quota } = how;
  const paths = { ...others, [host]: [v4, v6] as const };
  return verdictIn(aRound({ paths, ...(quota ? { quota } : {}) }), how);
}

/** The same of a round that was made otherwise. */
export function verdictIn(round: Round, how: Besides = {}): ProbedVerdict {
  const { host = HUB, registry = HUB, others: _, quota: __, ...question } = how;
  return diagnose({
    host,
    registry,
    siblings: registry === HUB ? [HUB, TOKEN, BLOB].filter((other) => other !== host) : [],
    earlier: [],
    proxy: null,
    round,
    rules: [],
    policy: aPolicy(),
    failsOnThisNode: true,
    toldRateLimited: false,
    ...question,
  });
}
