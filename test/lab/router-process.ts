// The lab's router as a process of its own in the namespace `rtr`: RouterOS' REST API on both of its
// addresses in the home network, and nftables that do with the packets what its table says.
import { homeRules } from "../../sim/routeros/home-rules.ts";
import type { Fields } from "../../sim/routeros/rule-table.ts";
import type { Write } from "../../sim/routeros/serve.ts";
import { startRouterOs } from "../../sim/routeros/server.ts";
import { execute } from "./execute.ts";
import { nftDataplane } from "./nft-firewall.ts";
import { answerParent } from "./requests.ts";

export type RouterQuestion =
  | { readonly ask: "ready" }
  /** Rows as a reply shows them, with what nftables has counted by now. */
  | { readonly ask: "table" }
  /** Rows of the address lists, as a reply shows them. */
  | { readonly ask: "entries" }
  /** Requests other than GET since the start or the last reset. */
  | { readonly ask: "writes" }
  /** As a person types it at the router: before this `.id`, or last. Its `.id`. */
  | { readonly ask: "addRule"; readonly fields: Fields; readonly before?: string }
  /** The rules of the start, with nothing counted and nothing written. */
  | { readonly ask: "reset" };

/** How an agent gets in. */
export type RouterAccess = {
  readonly url: string;
  /** PEM of the authority that signed the router's certificate. */
  readonly ca: string;
  readonly user: string;
  readonly password: string;
};

const login = { user: "backon", password: "not-a-secret-of-anybody" };

const router = await startRouterOs({
  ...login,
  host: "::",
  port: 443,
  certificateFor: "router.lan",
  rules: homeRules,
  dataplane: nftDataplane((args, input) => execute(["nft", ...args], { input })),
});
let writesBefore = 0;

answerParent(async (question: RouterQuestion): Promise<unknown> => {
  switch (question.ask) {
    case "ready":
      return { ...login, url: router.url, ca: router.ca } satisfies RouterAccess;
    case "table":
      await router.settled();
      return router.table();
    case "entries":
      await router.settled();
      // The marker of this cluster, in a list of its own, blocks nothing and lives for a day.
      return router.entries().filter(({ list }) => list !== "backon-clusters");
    case "writes":
      return router.writes.slice(writesBefore) satisfies Write[];
    case "addRule": {
      const id = router.operator.add(question.fields, question.before);
      await router.settled();
      return id;
    }
    case "reset":
      return reset();
  }
});

/** Rows made anew have counted nothing; ids go on, as they do on a router. */
async function reset(): Promise<void> {
  for (const { ".id": id = "" } of router.table()) router.operator.remove(id);
  for (const fields of homeRules) router.operator.add(fields);
  await router.settled();
  writesBefore = router.writes.length;
}
