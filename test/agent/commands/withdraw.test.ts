// `withdraw` against the simulated router: the emergency exit, without the Worker.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { agentCommand, type Ran } from "../../support/agent-command.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import type { Fields } from "../../../sim/routeros/rule-table.ts";
import { startRouterOs, type RouterOs } from "../../../sim/routeros/server.ts";
import { addressOf, MARKERS } from "../../../agent/router/markers.ts";
import { AUTH_NET, ENTRY_COMMENT, HUB_NET, inertRule, LIST } from "../router/list-world.ts";
import { rule as ours, typed } from "../router/router-world.ts";

const PASSWORD = "a-very-secret-password";

type Site = { readonly os: RouterOs; withdraw(...argv: string[]): Promise<Ran> };

async function aRouter(rules: readonly Fields[], changes: NodeJS.ProcessEnv = {}): Promise<Site> {
  const os = await startRouterOs({
    user: "backon",
    password: PASSWORD,
    loginDelayMs: 1,
    rules: [...rules, ...homeRules],
  });
  const folder = mkdtempSync(join(tmpdir(), "backon-withdraw-"));
  onTestFinished(async () => {
    await os.close();
    rmSync(folder, { recursive: true });
  });
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, os.ca);
  const env = {
    ROUTER_URL: os.url,
    ROUTER_USER: "backon",
    ROUTER_PASSWORD: PASSWORD,
    ROUTER_CA_FILE: caFile,
    ROUTER_PAUSE_MS: "1",
    ...changes,
  };
  return { os, withdraw: (...argv) => agentCommand(["withdraw", ...argv], env) };
}

const comments = ({ os }: Site): string[] =>
  os.table().flatMap(({ comment }) => (comment?.startsWith("Block") ? [comment] : []));

test("our rule goes, whatever MODE says: 0", async () => {
  const site = await aRouter([ours], { MODE: "observe" });

  const { code, out } = await site.withdraw();

  expect(code).toBe(0);
  expect(out).toBe("1 rule(s) of ours removed; the router was read back and has none left.\n");
  expect(comments(site)).toEqual([]);
  expect(site.os.table()).toHaveLength(homeRules.length);
});

test("with PROFILE=address-list the entries go with the rule, and are counted", async () => {
  const site = await aRouter([inertRule], { PROFILE: "address-list" });
  const { operator } = site.os;
  for (const address of [HUB_NET, AUTH_NET])
    operator.addTimedEntry({ list: LIST, address, timeout: "30m", comment: ENTRY_COMMENT });

  const first = await site.withdraw();
  const second = await site.withdraw();

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(first.out).toBe(
    "3 rules and list entries of ours removed; the router was read back and has none left.\n",
  );
  expect(second.out).toBe(
    "There was no rule or list entry of ours on the router; nothing was changed.\n",
  );
  expect(site.os.entries()).toEqual([]);
});

test("a person's equal rule stays", async () => {
  const site = await aRouter([ours, typed]);

  const { code } = await site.withdraw();

  expect(code).toBe(0);
  expect(comments(site)).toEqual([typed.comment]);
});

test("nothing of ours there: 0, and nothing is written", async () => {
  const site = await aRouter([typed]);

  const { code, out } = await site.withdraw();

  expect(code).toBe(0);
  expect(out).toContain("nothing was changed");
  expect(site.os.writes.filter(({ method }) => method !== "POST")).toEqual([]);
});

test("what bears our mark and is not ours stays, and is named for a person", async () => {
  const site = await aRouter([ours, { ...ours, "dst-port": "8443" }]);

  const { code, out } = await site.withdraw();

  expect(code).toBe(0);
  expect(out).toContain(`Left alone, because it bears our mark but is not as we write it: rule *2`);
  expect(comments(site)).toEqual([ours.comment]);
});

describe("another cluster uses the rule", () => {
  const marker = { list: MARKERS, address: addressOf("branch"), timeout: "1d", comment: "branch" };

  test("it stays, and it is said who uses it and how it goes for all", async () => {
    const site = await aRouter([ours], { CLUSTER_NAME: "home" });
    site.os.operator.addTimedEntry(marker);

    const { code, out } = await site.withdraw();

    expect(code).toBe(0);
    expect(out).toMatch(
      /^Our rule was not removed\.\nIt stays .* the cluster branch; .*"withdraw --all"/,
    );
    expect(comments(site)).toEqual([ours.comment]);
  });

  test("--all takes it off for all", async () => {
    const site = await aRouter([ours], { CLUSTER_NAME: "home" });
    site.os.operator.addTimedEntry(marker);

    const { code, out } = await site.withdraw("--all");

    expect(code).toBe(0);
    expect(out).toContain("It was taken off for the cluster branch too.");
    expect(comments(site)).toEqual([]);
  });

  test("the agent's own marker is known by the cluster of its token", async () => {
    const claims = Buffer.from(JSON.stringify({ cluster: "branch" })).toString("base64url");
    const site = await aRouter([ours], { WORKER_TOKEN: `header.${claims}.signature` });
    site.os.operator.addTimedEntry(marker);

    await site.withdraw();

    expect([comments(site), site.os.entries()]).toEqual([[], []]);
  });
});

test("twice does no harm", async () => {
  const site = await aRouter([ours]);

  const codes = [await site.withdraw(), await site.withdraw()].map(({ code }) => code);

  expect(codes).toEqual([0, 0]);
});

test("--json tells what was done, without words around it", async () => {
  const site = await aRouter([ours]);

  const { out, err } = await site.withdraw("--json");

  expect(JSON.parse(out)).toMatchObject({ ok: true, removed: 1, actions: expect.any(Array) });
  expect(err).toBe("");
});

describe("it does not work", () => {
  test("a login that is refused is 1, names the way out, and never the password", async () => {
    const site = await aRouter([ours]);
    site.os.faults.refuseLogin = true;

    const text = await site.withdraw();
    const json = await site.withdraw("--json");

    expect([text.code, json.code]).toEqual([1, 1]);
    expect(text.out).toMatch(/^Not withdrawn: .*401/);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, uncertain: false });
    expect(JSON.stringify([text, json])).not.toContain(PASSWORD);
    expect(comments(site)).toEqual([ours.comment]);
  });

  test("what was done before a refused login is told", async () => {
    const site = await aRouter([ours]);
    site.os.operator.onNext("DELETE", () => (site.os.faults.refuseLogin = true));

    const text = await site.withdraw();

    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^Not withdrawn: .*401.*look at the router/);
    expect(text.out).toContain("done: remove our rule *1");
    expect(comments(site)).toEqual([]);
  });

  test("without a router it is 64 and says what to set", async () => {
    expect(await agentCommand(["withdraw"])).toMatchObject({
      code: 64,
      err: expect.stringContaining("Set ROUTER_URL, ROUTER_USER and ROUTER_PASSWORD"),
    });
  });

  test("another word is 64, and the router is not asked", async () => {
    const site = await aRouter([ours]);

    const { code } = await site.withdraw("--force");

    expect(code).toBe(64);
    expect(site.os.requests).toBe(0);
  });
});
