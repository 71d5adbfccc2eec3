// The lab's node as a process of its own in the namespace `node`: one Worker for all jobs, and what
// site-in-node.ts puts together for each.
import { answerParent } from "./requests.ts";
import {
  startSiteInNode,
  type JobToRun,
  type SiteInNode,
  type SiteInNodeOptions,
} from "./site-in-node.ts";

export type NodeQuestion =
  /** First and once; answered when the Worker is up, with the milliseconds that took. */
  | ({ readonly ask: "start" } & SiteInNodeOptions)
  /** Answered with a JobEnd. */
  | ({ readonly ask: "run-job" } & JobToRun)
  /** Answered with a boolean (see SiteInNode). */
  | { readonly ask: "first-eviction" }
  | { readonly ask: "carry-out-first-eviction"; readonly pullsAgain?: string }
  /** Ends an agent that stayed. */
  | { readonly ask: "leave"; readonly how: "stop" | "kill" }
  | { readonly ask: "stop" };

let site: SiteInNode | null = null;

answerParent(async (question: NodeQuestion): Promise<unknown> => {
  switch (question.ask) {
    case "start": {
      const startedAt = performance.now();
      site = await startSiteInNode(question);
      return Math.round(performance.now() - startedAt);
    }
    case "run-job":
      if (site === null) throw new Error("start comes before run-job");
      return site.run(question);
    case "first-eviction":
      return site?.heldFirstEviction() ?? false;
    case "carry-out-first-eviction":
      site?.carryOutFirstEviction(question.pullsAgain);
      return null;
    case "leave":
      await site?.leave(question.how);
      return null;
    case "stop":
      await site?.close();
      site = null;
      return null;
  }
});
