// Broken rights, queues and faults: S50–S63.
import { forbiddenPage, refusal } from "../../../sim/routeros/errors.ts";
import {
  answering,
  asking,
  between,
  body,
  hands,
  instead,
  replaced,
  stuck,
  without,
  type Mutant,
} from "./breaking.ts";

const asContract = `Basic ${btoa("contract:not-a-secret-of-anybody")}`;
const asSecond = `Basic ${btoa("second:second")}`;

export const rightsMutants: readonly Mutant[] = [
  {
    row: "S50",
    title: "without rest-api it is 403",
    ...answering(["GET"], replaced(401, forbiddenPage)),
  },
  {
    row: "S50",
    title: "a group's policies count at once",
    ...hands((simulator) => {
      const { operator } = simulator;
      const setPolicies: typeof operator.setPolicies = (group, policies) => {
        operator.setPolicies(group, policies);
        void simulator.reboot({ confusedMs: 0 });
      };
      return { operator: { ...operator, setPolicies } };
    }),
  },
  {
    row: "S51",
    title: "without api it is 403",
    ...answering(["GET"], replaced(500, refusal(403))),
  },
  {
    row: "S52",
    title: "without read the table is empty",
    ...answering(["GET"], replaced(500, { status: 200, body: [] })),
  },
  {
    row: "S53",
    title: "writers need no write",
    ...asking(["PUT", "filter"], (its) => ({ ...its, authorization: asContract })),
  },
  {
    row: "S53",
    title: "without write PATCH is 403",
    ...answering(["PATCH"], replaced(400, refusal(403))),
  },
  {
    row: "S53",
    title: "without write DELETE is 403",
    ...answering(["DELETE"], replaced(400, refusal(403))),
  },
  {
    row: "S53",
    title: "without write print is refused",
    ...instead(["POST", "print"], refusal(500, "not enough permissions (9)")),
  },
  {
    row: "S54",
    title: "fetch needs no test",
    ...asking(["POST", "fetch"], (its) => ({ ...its, authorization: asContract })),
  },
  {
    row: "S54",
    title: "ping needs no test",
    ...asking(["POST", "ping"], (its) => ({ ...its, authorization: asContract })),
  },
  {
    row: "S55",
    title: "users come from anywhere",
    ...body(["PUT", "rest/user"], without("address")),
  },
  {
    row: "S56",
    title: "REST switched off is 403 and JSON",
    ...answering(["GET"], replaced(403, refusal(403))),
  },
];

let turn = 0;

export const timeMutants: readonly Mutant[] = [
  {
    row: "S60",
    title: "requests of one user run side by side",
    ...between((request, next) => {
      turn += 1;
      const mine = request.authorization === asContract && turn % 2 === 0;
      return next(mine ? { ...request, authorization: asSecond } : request);
    }),
    change(simulator) {
      const policies = ["read", "write", "api", "rest-api"] as const;
      simulator.operator.addUser({ name: "second", password: "second", policies });
      return simulator;
    },
  },
  {
    row: "S60",
    title: "all users share one queue",
    ...asking(["GET"], (its) => ({ ...its, authorization: asContract })),
  },
  { row: "S60", title: "there is no limit", options: { requestLimitMs: 60_000 } },
  {
    row: "S60",
    title: "those behind it are answered",
    ...answering(["GET"], replaced(400, { status: 200, body: [] })),
  },
  {
    row: "S60",
    title: "what is broken off is not done",
    ...instead(["PUT", "filter"], { status: 201, body: {} }),
  },
  { row: "S61", title: "aborts do no harm", ...stuck("abortDamage", false) },
  { row: "S61", title: "the harm lasts", options: { now: () => 1_790_000_000_000 } },
  {
    row: "S62",
    title: "every write is answered as it is",
    ...hands(({ faults }) => {
      faults.afterApply.push = () => 0;
      return {};
    }),
  },
  {
    row: "S62",
    title: "a write that is answered 400 has no effect",
    ...instead(["PUT", "filter"], refusal(400, "failure: busy")),
  },
  {
    row: "S63",
    title: "a boot is over at once",
    ...hands((simulator) => ({ reboot: () => simulator.reboot({ confusedMs: 0 }) })),
  },
  {
    row: "S63",
    title: "a boot never ends",
    ...hands((simulator) => ({ reboot: () => simulator.reboot({ confusedMs: 3_600_000 }) })),
  },
];
