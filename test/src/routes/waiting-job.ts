// A fix that needs approval, or has left our rule behind, and how it then goes on.
import * as z from "zod/mini";
import { anAgent, type Agent } from "../support/an-agent.ts";
import { anOperator, idIn, type Operator } from "../support/an-operator.ts";

const RULE = { state: "present", ours: true, at: 1 } as const;
const Story = z.object({
  state: z.string(),
  outcome: z.nullable(z.string()),
  approvedBy: z.nullable(z.string()),
  endedBy: z.nullable(z.string()),
  events: z.array(z.object({ what: z.string(), by: z.string(), detail: z.string() })),
});

export type World = { readonly agent: Agent; readonly operator: Operator; readonly id: string };

/** A fix that needs approval on plan h1. */
export async function waiting(): Promise<World> {
  const [agent, operator] = [await anAgent(), await anOperator()];
  const id = idIn(await operator.request("remediate"));
  await agent.asks(await agent.work());
  return { agent, operator, id };
}

/** A fix that has ended and left our rule behind. */
export async function ended(): Promise<World> {
  const [agent, operator] = [await anAgent(), await anOperator()];
  const id = idIn(await operator.request("remediate"));
  await agent.done(await agent.work(), { rule: RULE });
  return { agent, operator, id };
}

/** The job as it is now; `decided`: what was decided about its plan. */
export async function storyOf({ operator, id }: World) {
  const story = Story.parse((await operator.job(id)).body);
  const words = story.events.map(({ what }) => what);
  return { ...story, decided: words.filter((what) => /^(approve|dismiss): /.test(what)) };
}
