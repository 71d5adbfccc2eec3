// S26: moving rules, with the traps.
import { objectIn, same, told, type Check } from "./check.ts";
import { allIds, FILTER, names, post, several } from "./our-rows.ts";
import type { RestClient } from "./rest-client.ts";

type Ids = { readonly a: string; readonly b: string; readonly c: string };
const UNKNOWN = "*FFFFFF";

/** With rules a, b and c: this body is answered so, and leaves them in this order. */
function moving(
  title: string,
  body: (ids: Ids) => object,
  answer: string,
  order: string,
  after: (router: RestClient, ids: Ids) => Promise<void> = () => Promise.resolve(),
): Check {
  return {
    id: "S26",
    title,
    async check(router) {
      const [a = "", b = "", c = ""] = await several(router, "abc");
      const reply = await post(router, `${FILTER}/move`, body({ a, b, c }));
      const detail = objectIn(reply)["detail"];
      same(typeof detail === "string" ? `${reply.status} ${detail}` : told(reply), answer);
      same(await names(router), order);
      await after(router, { a, b, c });
    },
  };
}

/** The whole table, not only ours: that is where `destination` leads when it is not understood. */
async function lastIsA(router: RestClient, { a }: Ids): Promise<void> {
  same((await allIds(router)).at(-1), a, "the last row of the table");
}

async function idsAreKept(router: RestClient, { a, b, c }: Ids): Promise<void> {
  same((await allIds(router)).slice(-3), [c, a, b]);
}

const NOT_FOUND = '404 {"error":404,"message":"Not Found"}';

export const move: readonly Check[] = [
  moving(
    "move puts a rule before another and keeps the ids",
    ({ a, c }) => ({ numbers: c, destination: a }),
    "200 []",
    "cab",
    idsAreKept,
  ),
  moving(
    ".id in place of numbers does the same",
    ({ a, c }) => ({ ".id": c, destination: a }),
    "200 []",
    "cab",
  ),
  moving(
    "several rules move as a block, in the order in which they are named",
    ({ a, b, c }) => ({ numbers: `${c},${b}`, destination: a }),
    "200 []",
    "cba",
  ),
  moving(
    "without a destination the rule goes to the end of the table, without an error",
    ({ a }) => ({ numbers: a }),
    "200 []",
    "bca",
    lastIsA,
  ),
  moving(
    "an unknown destination does the same",
    ({ a }) => ({ numbers: a, destination: UNKNOWN }),
    "200 []",
    "bca",
    lastIsA,
  ),
  moving(
    "unknown numbers are 404",
    ({ a }) => ({ numbers: UNKNOWN, destination: a }),
    NOT_FOUND,
    "abc",
  ),
  moving(
    "a rule can't be moved before itself",
    ({ a }) => ({ numbers: a, destination: a }),
    "400 failure: can not move object before itself",
    "abc",
  ),
  moving(
    "the same rule twice is refused in the same words",
    ({ a, b }) => ({ numbers: `${b},${b}`, destination: a }),
    "400 failure: can not move object before itself",
    "abc",
  ),
  moving("a move of nothing is refused", () => ({}), "400 missing =.id=", "abc"),
  {
    id: "S26",
    title: "numbers can be positions in the whole table",
    // Not on a real router: between reading and moving, a position may become a person's rule.
    async onSimulator(router) {
      const [a, , c] = await several(router, "abc");
      const ids = await allIds(router);
      const body = { numbers: String(ids.indexOf(c)), destination: String(ids.indexOf(a)) };
      same(told(await post(router, `${FILTER}/move`, body)), "200 []");
      same(await names(router), "cab");
    },
  },
];
