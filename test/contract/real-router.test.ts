// The contract on a router that is not its own: here a simulated one that stands for a real one.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { startRouterOs, type RouterOs, type RouterOsOptions } from "../../sim/routeros/server.ts";
import { allChecks } from "./all-checks.ts";
import { isSimulatorOnly, type Check } from "./check.ts";
import { CHAIN, LIST, MARK } from "./our-rows.ts";
import { checkRouter, describeRouter } from "./real-router.ts";
import type { Target } from "./rest-client.ts";
import { resultsAsMarkdown } from "./result-table.ts";
import type { Result } from "./run-check.ts";

const login = { user: "admin", password: "a-password-of-nobody" };
const policies = ["read", "write", "test", "policy", "api", "rest-api"] as const;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function aRouter(options: Partial<RouterOsOptions> = {}) {
  let paused = 0;
  const router = await startRouterOs({
    ...login,
    policies,
    rules: homeRules,
    now: () => Date.now() + paused,
    ...options,
  });
  closing.push(() => router.close());
  const pause = (ms: number) => {
    paused += ms;
    return Promise.resolve();
  };
  const target: Target = { url: router.url, login, ca: router.ca, pause };
  return { router, target };
}

const quietly = { users: true, onResult: () => undefined, goesOn: () => true };
const different = (results: readonly Result[]) =>
  results.filter(({ ending }) => ending.kind === "different");

test("everything that can be seen is as expected, and nothing of it is left", async () => {
  const { router, target } = await aRouter({ plainHttp: true });
  const before = router.table();
  const results = await checkRouter({ ...quietly, target });
  expect(different(results)).toEqual([]);
  expect(router.table()).toEqual(before);
  expect(router.entries()).toEqual([]);
  const unchecked = results.filter(({ ending }) => ending.kind === "not-checked");
  expect(unchecked.length).toBeLessThan(allChecks.filter(isSimulatorOnly).length + 6);
});

test("rows that only a simulator can show are named as not checked", async () => {
  const { target } = await aRouter();
  const checks = allChecks.filter(({ id }) => id === "S61" || id === "S50");
  const results = await checkRouter({ ...quietly, users: false, target, checks });
  const table = resultsAsMarkdown("a router", results);
  expect(table).toContain("| only a simulator can show it | S50, S61 |");
  expect(table).toContain("| makes users: ask with --users | S50 |");
});

test("what an earlier run has left in places of ours is removed before anything else", async () => {
  const { router, target } = await aRouter({ rules: [] });
  router.operator.add({ chain: CHAIN, action: "drop", comment: `${MARK} left over` });
  router.operator.add({ chain: "forward", action: "drop", comment: `${MARK} copied` });
  router.operator.add({ chain: CHAIN, action: "drop", comment: `not ${MARK}` });
  router.operator.addEntry(LIST, "2001:db8::/64", `${MARK} left over`);
  router.operator.addEntry(LIST, "2001:db8:1::/64", "a person's own");
  await checkRouter({ ...quietly, target, checks: [] });
  expect(router.table().map(({ comment }) => comment)).toEqual([`${MARK} copied`, `not ${MARK}`]);
  expect(router.entries().map(({ comment }) => comment)).toEqual(["a person's own"]);
});

test("a check that goes wrong in the middle leaves nothing, and is a row of the table", async () => {
  const { router, target } = await aRouter({ rules: [] });
  const checks: Check[] = [
    {
      id: "S12",
      title: "a | b",
      async check(client) {
        const body = { chain: CHAIN, action: "drop", comment: MARK };
        await client.send("PUT", "/rest/ipv6/firewall/filter", { body });
        throw new Error("the cable was pulled");
      },
    },
  ];
  const results = await checkRouter({ ...quietly, target, checks });
  expect(router.table()).toEqual([]);
  expect(resultsAsMarkdown("a router", results)).toContain(
    "| S12 a \\| b | an answer | the cable was pulled |",
  );
});

test("after a check without an answer the router rests, and is asked who it is, before anything is deleted", async () => {
  const { router, target } = await aRouter({ rules: [] });
  const rests: number[] = [];
  const pause = async (ms: number) => void rests.push(ms);
  const checks: Check[] = [
    {
      id: "S12",
      title: "a cable is pulled",
      async check(client) {
        const body = { chain: CHAIN, action: "drop", comment: MARK };
        await client.send("PUT", "/rest/ipv6/firewall/filter", { body });
        router.faults.failGets = 1;
        throw new Error("hung up");
      },
    },
  ];

  const run = checkRouter({ ...quietly, target: { ...target, pause }, checks });

  await expect(run).rejects.toThrow("after a broken connection the router answers 500");
  expect(rests).toEqual([5_000]);
  expect(router.table()).toHaveLength(1);
});

test("a router that lets nobody in is told from one that differs", async () => {
  const { target } = await aRouter({ loginDelayMs: 1 });
  const wrong = { ...target, login: { user: "admin", password: "wrong" } };
  await expect(describeRouter(target)).resolves.toBe("RouterOS 7.23.7 (long-term) on simulated");
  await expect(describeRouter(wrong)).rejects.toThrow("401");
});

/** The script is a process of its own, which on a busy computer takes its time to start. */
const PATIENT = { timeout: 60_000 };

function contract(args: string[], environment: Record<string, string>) {
  return new Promise<{ code: unknown; text: string }>((resolve) => {
    const env = { PATH: process.env["PATH"] ?? "", ...environment };
    execFile(process.execPath, ["scripts/contract.ts", ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : error.code, text: out + err }),
    );
  });
}

async function environmentOf({ router }: { readonly router: RouterOs }) {
  const folder = await mkdtemp(join(tmpdir(), "backon-contract-"));
  closing.push(() => rm(folder, { recursive: true }));
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    ROUTEROS_URL: router.url,
    ROUTEROS_USER: login.user,
    ROUTEROS_PASSWORD_FILE: await file("password", `${login.password}\n`),
    ROUTEROS_CA_FILE: await file("ca.pem", router.ca),
  };
}

test("what it can't be started with ends with 64", PATIENT, async () => {
  expect((await contract(["--bogus"], {})).code).toBe(64);
});

test("a router that does not let it in ends with 1 and no password", PATIENT, async () => {
  const environment = await environmentOf(await aRouter({ loginDelayMs: 1 }));
  const { code, text } = await contract(["--yes"], {
    ...environment,
    ROUTEROS_PASSWORD: "hidden-word",
  });
  expect(code).toBe(1);
  expect(text).toContain("401");
  expect(text).not.toContain("hidden-word");
});

test("without a terminal and without --yes a real router is not written to", PATIENT, async () => {
  const world = await aRouter();
  const { code, text } = await contract([], await environmentOf(world));
  expect([code, world.router.writes]).toEqual([64, []]);
  expect(text).toContain("RouterOS 7.23.7 (long-term) on simulated");
});
