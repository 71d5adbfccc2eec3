// One piece of work in one life of the agent, which may be cut short after any byte.
import type { World } from "../../agent/ports/world.ts";
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import { MINUTE } from "../support/a-pod.ts";
import { Died } from "../support/site-in-memory.ts";
import { startAgent, type AgentProcess } from "./agent-process.ts";
import type { JobStep } from "./history.ts";
import type { Scene } from "./scene.ts";
import { tellsNoSecret } from "./manners.ts";
import { Violation } from "./watch.ts";

/** So long may a job take on its own clock: rounds, waits and the slowest router together. */
const MOST_MS = 6 * 60 * MINUTE;
/** On the wall's clock; a job takes some 20 ms. */
const HANGS_MS = 20_000;

/** Null if the process died before the work was over. */
export async function inOneLife<Value>(
  { end, cluster }: JobStep,
  scene: Scene,
  job: ClaimedJob | null,
  work: (world: World) => Promise<Value>,
): Promise<Value | null> {
  const { place, relay, tally } = scene;
  const agent: AgentProcess = startAgent(place, cluster);
  scene.agent = agent;
  scene.manners.begin();
  relay.refuse(false);
  let died = false;
  relay.arm(end.kind === "cut" ? end : null, () => {
    const dies = end.kind === "cut" && end.dies;
    tally.set(dies ? "died" : "cut", (tally.get(dies ? "died" : "cut") ?? 0) + 1);
    scene.trail.push(`  ${dies ? "DIES" : "CUT"} after ${JSON.stringify(end)}`);
    scene.manners.broke();
    if (!dies) return;
    died = true;
    relay.refuse(true);
    agent.die();
  });
  const startedAt = place.site.now;
  const limit = afterWhile(HANGS_MS);
  try {
    const value = await Promise.race([work(agent.worldFor(job)), limit.reached]);
    if (value === HUNG) throw new Violation(`a job hangs: ${JSON.stringify(job)}`);
    if (place.site.now - startedAt > MOST_MS) throw new Violation("a job took longer than 6 h");
    return died ? null : value;
  } catch (cause) {
    if (cause instanceof Died) return null;
    if (cause instanceof Violation) throw cause;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    throw new Violation(`a job threw: ${text}`);
  } finally {
    limit.clear();
    relay.arm(null, () => {});
    agent.close();
    tellsNoSecret(relay.taken());
    scene.mustHold();
  }
}

const HUNG = Symbol("hung");

function afterWhile(ms: number): { reached: Promise<typeof HUNG>; clear(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reached = new Promise<typeof HUNG>((resolve) => {
    timer = setTimeout(() => resolve(HUNG), ms);
  });
  return { reached, clear: () => clearTimeout(timer) };
}
