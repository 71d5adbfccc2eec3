// S60–S63, S65: requests that wait, are broken off, or are answered with something else.
import { FILTER, added, aRule, get, names, post, put, several } from "./our-rows.ts";
import { holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import type { RestClient, Sent } from "./rest-client.ts";

/** How it ended: the status, or the error's code. */
async function endOf(sent: Promise<{ readonly status: number }>): Promise<number | string> {
  return sent.then(
    ({ status }) => status,
    (error: unknown) => String((error as { readonly code?: unknown }).code ?? error),
  );
}

/** Long enough to hang up within it, on a busy computer too. */
const SLOW_MS = 80;

/** Sends a slow request and, while it runs, a quick one; in which order they end. */
async function order(router: RestClient, simulator: RouterOs, quickly: Sent): Promise<string> {
  const identity = "/rest/system/identity";
  const ended: string[] = [];
  const before = simulator.requests;
  simulator.faults.slowMs = 3 * SLOW_MS;
  const slow = get(router, identity).then(() => ended.push("slow"));
  while (simulator.requests === before) await new Promise((resolve) => setTimeout(resolve, 1));
  simulator.faults.slowMs = 0;
  const quick = router.send("GET", identity, quickly).then(() => ended.push("quick"));
  await Promise.all([slow, quick]);
  return ended.join(", ");
}

/** Breaks off a PUT, lets it finish on the router, and then gets one answer. */
async function hurt(router: RestClient, simulator: { faults: { slowMs: number } }): Promise<void> {
  simulator.faults.slowMs = SLOW_MS;
  await endOf(router.send("PUT", FILTER, { body: aRule, hangUpAfterMs: 5 }));
  await get(router, "/rest/system/identity");
  simulator.faults.slowMs = 0;
}

export const time: readonly Check[] = [
  {
    id: "S60",
    title: "requests of one user run one after another, those of two side by side",
    async onSimulator(router, simulator) {
      const policies = ["read", "api", "rest-api"] as const;
      simulator.operator.addUser({ name: "u", password: "p", policies });
      const other = { login: { user: "u", password: "p" } };
      same(await order(router, simulator, {}), "slow, quick", "one user");
      same(await order(router, simulator, other), "quick, slow", "two users");
    },
  },
  {
    id: "S60",
    title: "at the limit the running one and those behind it get 400 Session closed",
    simulated: { requestLimitMs: 30 },
    async onSimulator(router, simulator) {
      simulator.faults.slowMs = 60;
      const first = put(router, aRule);
      const second = get(router, FILTER);
      for (const reply of await Promise.all([first, second])) refuses(reply, 400, "Session closed");
      simulator.faults.slowMs = 0;
      same(await names(router), "", "rules that were added");
    },
  },
  {
    id: "S60",
    title: "a request that is broken off keeps running",
    async onSimulator(router, simulator) {
      simulator.faults.abortDamage = false;
      simulator.faults.slowMs = SLOW_MS;
      await endOf(router.send("PUT", FILTER, { body: aRule, hangUpAfterMs: 5 }));
      same(await names(router), "c");
    },
  },
  {
    id: "S61",
    title: "an abort and another answer reset two connections and mix up one status",
    async onSimulator(router, simulator) {
      await hurt(router, simulator);
      const ends: (number | string)[] = [];
      for (let n = 0; n < 4; n += 1) ends.push(await endOf(get(router, FILTER)));
      same(ends, ["ECONNRESET", "ECONNRESET", 201, 200]);
    },
  },
  {
    id: "S61",
    title: "the damage heals within 2.4 s",
    async onSimulator(router, simulator) {
      await hurt(router, simulator);
      await router.pause(2_400);
      same([await endOf(get(router, FILTER)), await endOf(get(router, FILTER))], [200, 200]);
    },
  },
  {
    id: "S61",
    title: "an abort with nothing answered in the next 2 s does no harm",
    async onSimulator(router, simulator) {
      simulator.faults.slowMs = SLOW_MS;
      await endOf(router.send("PUT", FILTER, { body: aRule, hangUpAfterMs: 5 }));
      // Done with its work, the router has noticed the abort.
      while (simulator.writes.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await router.pause(2_000);
      simulator.faults.slowMs = 0;
      same([await endOf(get(router, FILTER)), await endOf(get(router, FILTER))], [200, 200]);
    },
  },
  ...(["400", "500", "close"] as const).map((fault): Check => ({
    id: "S62",
    title: `a write takes effect and is answered with ${fault}`,
    async onSimulator(router, simulator) {
      simulator.faults.afterApply.push(fault);
      same(await endOf(put(router, aRule)), fault === "close" ? "ECONNRESET" : Number(fault));
      same(await names(router), "c");
      const next = await put(router, aRule);
      same(next.status, 201, "the next write");
    },
  })),
  {
    id: "S63",
    title: "after a boot other objects are returned for some seconds, then the right ones",
    async onSimulator(router, simulator) {
      await added(router, "a");
      await simulator.reboot();
      const filter = await get(router, FILTER);
      const resource = await get(router, "/rest/system/resource");
      same([filter.status, resource.status], [200, 200]);
      holds("version" in objectIn(filter), "another menu's object", told(filter));
      holds(!("version" in objectIn(resource)), "another menu's reply", told(resource));
      await router.pause(3_000);
      same(await names(router), "a");
      holds("version" in objectIn(await get(router, "/rest/system/resource")), "a version", "");
    },
  },
  {
    id: "S65",
    title: "3,000 rules come in one reply, complete and in order",
    simulated: {
      msPerRow: 0,
      rules: Array.from({ length: 3_000 }, (_, at) => ({
        chain: "forward",
        action: "accept",
        comment: `row ${at}`,
      })),
    },
    async onSimulator(router) {
      const comments = rowsIn(await get(router, FILTER)).map((row) => row["comment"]);
      const wanted = Array.from({ length: 3_000 }, (_, at) => `row ${at}`);
      same(comments.length, 3_000);
      same(comments, wanted, "the order");
    },
  },
  {
    id: "S65",
    title: "listing takes 0.9 ms for each row, and keeps the others waiting",
    simulated: {
      rules: Array.from({ length: 100 }, () => ({ chain: "forward", action: "accept" })),
    },
    async onSimulator(router) {
      const before = Date.now();
      await Promise.all([get(router, FILTER), post(router, `${FILTER}/print`, {})]);
      const ms = Date.now() - before;
      holds(ms >= 175, "about 180 ms for twice 100 rows", ms);
    },
  },
  {
    id: "S66",
    title: "a control byte in a comment makes the reply invalid JSON",
    async onSimulator(router, simulator) {
      const id = await added(router, "a\nb");
      simulator.faults.rawControlBytes = true;
      const reply = await get(router, `${FILTER}/${id}`);
      same(reply.json, undefined, "the parsed body");
      holds(reply.text.includes("a\nb"), "the byte as it is", reply.text);
    },
  },
  {
    id: "S68",
    title: "an operator changes rules between two requests, and in the middle of one",
    async onSimulator(router, simulator) {
      const [a = "", b = "", c = ""] = await several(router, "abc");
      const { operator } = simulator;
      const rowOf = async (id: string) => objectIn(await get(router, `${FILTER}/${id}`));
      operator.move(c, a);
      same(await names(router), "cab", "moved");
      operator.disable(a);
      same((await rowOf(a))["disabled"], "true", "disabled");
      operator.edit(b, { comment: "mine now" });
      same((await rowOf(b))["comment"], "mine now", "comment edited");
      operator.onNext("PATCH", () => operator.remove(c));
      const patched = await router.send("PATCH", `${FILTER}/${c}`, { body: { disabled: "yes" } });
      holds([400, 404].includes(patched.status), "gone before it is changed", told(patched));
      operator.add({ ...aRule, comment: `${aRule.comment}2` });
      same((await names(router)).endsWith("c2"), true, "a second copy");
    },
  },
];
