// The contract on a real router: what it is, every check in turn, and nothing left behind.
import { setTimeout as sleep } from "node:timers/promises";
import { allChecks } from "./all-checks.ts";
import { objectIn, told, type Check } from "./check.ts";
import { cleanUp, get } from "./our-rows.ts";
import { createRestClient, type RestClient, type Target } from "./rest-client.ts";
import { onRouter, type Result } from "./run-check.ts";

/** `7.23.7 (long-term) on CHR`; rejects if the router does not let this user in. */
export async function describeRouter(target: Target): Promise<string> {
  const router = createRestClient(target, () => undefined);
  const reply = await get(router, "/rest/system/resource");
  const { version, "board-name": board } = objectIn(reply);
  if (typeof version !== "string") throw new Error(`no RouterOS REST API: ${told(reply)}`);
  return `RouterOS ${version} on ${String(board)}`;
}

export const patiently = (ms: number): Promise<void> => sleep(ms);

export type Run = {
  readonly target: Target;
  readonly users: boolean;
  readonly checks?: readonly Check[];
  readonly onResult: (result: Result, done: number, of: number) => void;
  /** Asked before each check. */
  readonly goesOn: () => boolean;
};

/** A web server that was broken off has always been well again after half of it. */
const RECOVERY_MS = 5_000;

/** After a broken connection answers may be mixed up: nothing is deleted by a list that is another's. */
async function recovered(router: RestClient): Promise<void> {
  await router.pause(RECOVERY_MS);
  const reply = await get(router, "/rest/system/identity");
  if (reply.status !== 200 || typeof objectIn(reply)["name"] !== "string")
    throw new Error(`after a broken connection the router answers ${told(reply)}`);
}

/**
 * Removes what an earlier run has left, checks, and removes after each check what it has made, by
 * its mark. Rejects as soon as that can't be confirmed.
 */
export async function checkRouter(run: Run): Promise<Result[]> {
  const { target, users, checks = allChecks, onResult, goesOn } = run;
  const router = createRestClient(target, () => undefined);
  const results: Result[] = [];
  await cleanUp(router, users);
  for (const check of checks) {
    if (!goesOn()) break;
    const after = async (answered: boolean) => {
      if (!answered) await recovered(router);
      await cleanUp(router, users && check.makesUsers === true);
    };
    const result = await onRouter(check, target, { users, after });
    results.push(result);
    onResult(result, results.length, checks.length);
  }
  return results;
}
