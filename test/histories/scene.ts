// Everything that one history needs, opened together and closed together.
import type { Answer, RestRequest } from "../../sim/routeros/rest-request.ts";
import type { AgentProcess, Mutant, Place } from "./agent-process.ts";
import { openBooks } from "./books.ts";
import type { Cluster, History, Mid, Operator } from "./history.ts";
import { act, personsLogin } from "./persons.ts";
import { openRelay, type Relay } from "./relay.ts";
import { newSite, policyFor, startRouter } from "./site.ts";
import { blind, cutsAtOnce, deletesAnswered, meet, setLasting, type Trouble } from "./trouble.ts";
import { watchManners, type Manners } from "./manners.ts";
import { Violation, watch, type Watcher } from "./watch.ts";
import type { RuleState } from "../../src/protocol/report.ts";

export type Scene = {
  readonly place: Place;
  readonly relay: Relay;
  readonly watcher: Watcher;
  readonly trouble: Trouble;
  readonly manners: Manners;
  readonly tally: Map<string, number>;
  /** What happened, for a person to read. */
  readonly trail: string[];
  agent: AgentProcess | null;
  /** What goes wrong during the requests that come now. */
  startStep(mids: readonly Mid[]): void;
  person(operator: Operator): Promise<void>;
  /** What the agent is told of the rule before a job. */
  sight(cluster: Cluster): RuleState | null;
  /** Throws what was found while the router was at work. */
  mustHold(): void;
  close(): Promise<void>;
};

export async function openScene(
  history: History,
  tally: Map<string, number>,
  mutant: Mutant,
): Promise<Scene> {
  const site = newSite();
  const policy = policyFor(history);
  const trail: string[] = [];
  let mids: readonly Mid[] = [];
  let requests = 0;
  let found: Violation | null = null;
  const between = async (request: RestRequest, next: Next): Promise<Answer> => {
    if (request.authorization === personsLogin()) return next(request);
    requests += 1;
    try {
      return await one(request, next);
    } catch (cause) {
      if (!(cause instanceof Violation)) throw cause;
      found ??= cause;
      return "close";
    }
  };
  const one = async (request: RestRequest, next: Next): Promise<Answer> => {
    const { method, path } = request;
    manners.asked(request);
    setLasting(os, mids, requests);
    const due = mids.filter(({ at }) => at === requests);
    const keeps = deletesAnswered(mids, requests);
    let way: Next = async (its) =>
      its.method === "DELETE" && keeps !== null ? keeps : carried(its, next);
    for (const { what } of due) {
      const name = what.kind === "fault" ? what.fault : what.act;
      trail.push(`    at ${requests}: ${name}`);
      tally.set(name, (tally.get(name) ?? 0) + 1);
      if (what.kind === "operator") await person(what, method);
      else {
        const inner = way;
        way = (its) => meet(what, trouble, its, inner);
      }
    }
    const reply = await way(request);
    // By now the agent may be two requests further, where the fault itself cut it off.
    if (reply === "close" && !due.some(({ what }) => cutsAtOnce(what))) manners.broke();
    const status = reply === "close" ? "closed" : reply.status;
    trail.push(`    ${requests} ${method} ${path} ${request.text}: ${status}`);
    return reply;
  };
  const carried = async (request: RestRequest, next: Next): Promise<Answer> => {
    if (request.method === "GET") {
      const reply = await next(request);
      if (request.path.endsWith("/filter")) watcher.read();
      return reply;
    }
    watcher.before(request);
    const reply = await next(request);
    watcher.after(request);
    if (trouble.blindAfterWrite) blind(trouble);
    return reply;
  };
  const person = (what: Operator, before: string | null) => {
    // Between our reading and our writing nobody can see that the mark was taken off.
    if (what.act === "take our mark off" && before !== null && before !== "GET")
      return Promise.resolve();
    return watcher.elsewhere(() => act(what, os, policy));
  };
  const os = await startRouter(history, () => site.now, between);
  const { hostname, port } = new URL(os.url);
  const relay = await openRelay({ host: hostname, port: Number(port) });
  const manners = watchManners(policy, () => site.now);
  const watcher = watch(os, policy);
  const place = {
    os,
    relayPort: relay.port,
    site,
    policy,
    books: { home: openBooks(), barn: openBooks() },
    mutant,
  };
  const trouble: Trouble = {
    os,
    relay,
    strange: false,
    blindAfterWrite: false,
    broke: () => manners.broke(),
    pass: (ms) => void (site.now += ms),
    stop: (how) => scene.agent?.stop(how),
    changed: (change) => watcher.elsewhere(change),
  };
  const scene: Scene = {
    place,
    relay,
    watcher,
    trouble,
    manners,
    tally,
    trail,
    agent: null,
    startStep(its) {
      mids = its;
      requests = 0;
    },
    async person(what) {
      trail.push(`a person: ${what.act}`);
      tally.set(what.act, (tally.get(what.act) ?? 0) + 1);
      await person(what, null);
    },
    sight: (cluster) => place.books[cluster].rule,
    mustHold() {
      if (found !== null) throw found;
    },
    async close() {
      await relay.close();
      await os.close();
    },
  };
  return scene;
}

type Next = (request: RestRequest) => Promise<Answer>;
