// A cluster whose router has our rule, which is to go when the path has healed.
import type { RuleState } from "../../../src/protocol/report.ts";
import { HOUR } from "../support/a-job.ts";
import { anAgent, type Agent } from "../support/an-agent.ts";
import { anOperator, type Operator } from "../support/an-operator.ts";

export const STANDS: RuleState = { state: "present", ours: true, at: 1, life: "until-healed" };
export const ABSENT: RuleState = { state: "absent", ours: false, at: 1 };
export const NOT_YET = { outcome: "not-healed", rule: STANDS } as const;

type World = { readonly operator: Operator; readonly agent: Agent };

/** A fix whose report showed this rule. */
export async function aFix(rule: RuleState | null = STANDS): Promise<World> {
  const operator = await anOperator();
  const agent = await anAgent();
  await operator.request("remediate");
  await agent.done(await agent.work(), { rule });
  return { operator, agent };
}

type OpenJob = { readonly id: string; readonly kind: string; readonly dueAt: string | null };

export async function openJobs(operator: Operator): Promise<OpenJob[]> {
  return (await operator.status()).body["open"] as OpenJob[];
}

/** The open rechecks as hours from now at which they are due; claimed ones as null. */
export async function rechecksInHours(operator: Operator): Promise<(number | null)[]> {
  const rechecks = (await openJobs(operator)).filter(({ kind }) => kind === "recheck");
  return rechecks.map(({ dueAt }) =>
    dueAt === null ? null : (Date.parse(dueAt) - Date.now()) / HOUR,
  );
}
