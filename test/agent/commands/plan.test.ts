// `plan` for both profiles and both lives of the rule.
import { expect, test } from "vitest";
import { agentCommand } from "../../support/agent-command.ts";

const BY_LIST = { PROFILE: "address-list" };

const planned = async (env: Record<string, string>, ...argv: string[]): Promise<string> =>
  (await agentCommand(["plan", ...argv], env)).out;

test("address-list: the inert rule, what it blocks, and that entries vanish by themselves", async () => {
  const out = await planned(BY_LIST);

  expect(out).toContain("dst-address-list=backon-block-v6 protocol=tcp dst-port=443");
  expect(out).toContain("It does nothing while the list is empty.");
  expect(out).toContain("vanish by\nthemselves if the agent dies");
  expect(out).not.toContain("dst-address=");
});

test("address-list: an example entry for each of RULE_HOSTS, as a comment with a placeholder", async () => {
  const out = await planned({ ...BY_LIST, RULE_HOSTS: "one.example,two.example" });

  for (const [host, network] of [
    ["one.example", "2001:db8:0:1::/64"],
    ["two.example", "2001:db8:0:2::/64"],
  ]) {
    expect(out).toContain(`# ${host}: put the /64 of its IPv6 address in place of ${network}`);
    expect(out).toContain(
      `# /ipv6 firewall address-list add list=backon-block-v6 address=${network} timeout=30m comment="Docker Hub IPv6 is broken here; goes by itself [backon]"`,
    );
  }
  expect(out).not.toMatch(/^ *\/ipv6 firewall address-list add/m);
});

test("address-list --format routeros can be pasted: all but the rule is a comment", async () => {
  const out = await planned(BY_LIST, "--format", "routeros");

  const [rule, ...others] = out.trimEnd().split("\n");
  expect(rule).toMatch(/^\/ipv6 firewall filter add .*dst-address-list=backon-block-v6/);
  expect(others).toHaveLength(4);
  for (const line of others) expect(line).toMatch(/^# /);
});

test("address-list: undoing takes the rule by its comment, and of the list what has ours", async () => {
  const out = await planned({ ...BY_LIST, ADDRESS_LIST: "mine" });

  const undo = out.slice(out.indexOf("To undo:"));
  expect(undo).toContain('/ipv6 firewall filter remove [find where comment="Block Docker Hub');
  expect(undo).toContain(
    '/ipv6 firewall address-list remove [find where list=mine comment="Docker Hub IPv6 is broken here; goes by itself [backon]"]',
  );
});

test("the settings decide list and lifetime", async () => {
  const out = await planned({ ...BY_LIST, ADDRESS_LIST: "a_list", ENTRY_LIFETIME_MS: "5400000" });

  expect(out).toContain('list="a_list"');
  expect(out).toContain("timeout=1h30m");
});

test("--json has the plan, the undoing lines and the entries by hand", async () => {
  const json: unknown = JSON.parse(await planned(BY_LIST, "--json"));

  expect(json).toMatchObject({
    profile: "address-list",
    entries: { list: "backon-block-v6", prefixLength: 64 },
    undo: [expect.stringContaining("filter remove"), expect.stringContaining("address-list")],
    byHand: expect.arrayContaining([expect.stringMatching(/^# .*2001:db8:/)]),
  });
});

test("prefix has no entries, and one line to undo it", async () => {
  const json: unknown = JSON.parse(await planned({}, "--json"));

  expect(json).toMatchObject({ profile: "prefix", entries: null, byHand: [] });
  expect(json).toHaveProperty("undo.length", 1);
});

test.each([{ PROFILE: "prefix" }, BY_LIST])(
  "until-healed shows the ports that the rule leaves out, and why (%j)",
  async (profile) => {
    const out = await planned({ ...profile, RULE_LIFE: "until-healed" });

    expect(out).toMatch(/filter add .* src-port=!61990-61999 /);
    expect(out).toContain("from these the agent tests\nevery few hours whether IPv6 has healed");
  },
);

test("keep leaves no port out", async () => {
  expect(await planned({ RULE_LIFE: "keep" })).not.toContain("61990");
});
