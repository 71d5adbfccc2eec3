import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aBlockingWorld,
  aListWorld,
  AUTH,
  AUTH_NET,
  entriesOf,
  ENTRY_COMMENT,
  HUB,
  HUB_NET,
  inertRule,
  LIST,
  LIST_MENU,
  MINUTE,
  wantedFor,
} from "./list-world.ts";
import { errorOf, requestsOf, rule, typed, valueOf, withoutCounters } from "./router-world.ts";

const syn = {
  chain: "forward",
  family: "v6",
  dstAddress: HUB,
  dstPort: 443,
  protocol: "tcp",
  syn: true,
  ack: false,
} as const;

describe("ensure", () => {
  test("adds the inert rule before every other static rule, and an entry for each /64", async () => {
    const world = await aListWorld({ rules: homeRules });
    const ensured = valueOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
    expect(ensured).toMatchObject({
      added: true,
      rule: { ours: true, behind: null, networks: [HUB_NET, AUTH_NET] },
    });
    expect(ensured.actions.map(({ what, ok }) => `${what}: ${ok}`)).toEqual([
      "add our rule: true",
      `add ${HUB_NET} to the list ${LIST} for 30m: true`,
      `add ${AUTH_NET} to the list ${LIST} for 30m: true`,
    ]);
    expect(world.os.table()[0]).toMatchObject(inertRule);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`, `${LIST} ${AUTH_NET} 30m`]);
    for (const entry of world.os.entries())
      expect(entry).toMatchObject({
        dynamic: "true",
        comment: ENTRY_COMMENT,
      });
  });

  test("makes one entry for two addresses of a /64", async () => {
    const world = await aListWorld();
    await world.router.ensure(wantedFor(HUB, "2600:1F18:2148:BC00::9"), () => true);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test.each([
    ["a new connection there", {}, "reject"],
    ["an open connection there", { syn: false, ack: true }, "accept"],
    ["a new connection to the next /64", { dstAddress: AUTH }, "accept"],
  ])("decides about %s: %s %s", async (_name, packet, verdict) => {
    const world = await aListWorld();
    await world.router.ensure(wantedFor(HUB), () => true);
    expect(world.os.decide({ ...syn, ...packet }).verdict).toBe(verdict);
  });

  test("sends resets, and counts what the rule has matched", async () => {
    const world = await aListWorld({ rules: homeRules });
    await world.router.ensure(wantedFor(HUB), () => true);
    expect(world.os.decide(syn)).toEqual({ verdict: "reject", with: "tcp-reset" });
    expect(valueOf(await world.router.look()).rules).toMatchObject([{ packets: "1" }]);
  });

  test("asked again, adds nothing and gives entries their whole time again", async () => {
    const world = await aBlockingWorld([HUB]);
    const again = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(again).toMatchObject({ added: false, rule: { networks: [HUB_NET] } });
    expect(again.actions.map(({ what }) => what)).toEqual([
      `keep ${HUB_NET} in the list ${LIST} for 30m`,
    ]);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test("asked for one more address, adds that entry to the rule that stands", async () => {
    const world = await aBlockingWorld([HUB]);
    const more = valueOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
    expect(more).toMatchObject({ added: true, rule: { networks: [HUB_NET, AUTH_NET] } });
    expect(requestsOf(world)).toEqual([
      "GET ipv6/firewall/filter",
      `GET ${LIST_MENU}?list=${LIST}`,
      `PUT ${LIST_MENU}`,
      `PATCH ${LIST_MENU}/*1`,
      `GET ${LIST_MENU}?list=${LIST}`,
    ]);
  });

  test("without an address leaves a rule that blocks nothing", async () => {
    const { router, os } = await aListWorld();
    expect(valueOf(await router.ensure(wantedFor(), () => true)).rule.networks).toEqual([]);
    expect(os.decide(syn).verdict).toBe("accept");
  });

  test("puts an entry back whose time has run out", async () => {
    const world = await aBlockingWorld([HUB]);
    world.pass(25 * MINUTE);
    expect(valueOf(await world.router.ensure(wantedFor(HUB), () => true)).added).toBe(true);
    expect(entriesOf(world)).toEqual([`${LIST} ${HUB_NET} 30m`]);
  });

  test("of an older agent, with the profile `prefix`, replaces the rule", async () => {
    const { router, os } = await aListWorld({ rules: [rule, ...homeRules] });
    const ensured = valueOf(await router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({ added: true, rule: { id: "*8", behind: null } });
    expect(os.writes.map(({ method }) => method)).toEqual(["PUT", "DELETE", "PUT"]);
    expect(os.table().filter((row) => row["comment"] === rule.comment)).toMatchObject([inertRule]);
  });

  test.each<[string, string, string]>([
    ["an address outside", "2001:db8::1", "2001:db8::1 has no place in PREFIX"],
    ["an IPv4 address", "192.0.2.1", '"192.0.2.1" is no IPv6 address'],
    ["a network", "2600:1f18::/64", "is no IPv6 address"],
    ["an address with a zone", `${HUB}%eth0`, "is no IPv6 address"],
    ["other text", "registry-1.docker.io", "is no IPv6 address"],
  ])("of %s is refused before any request", async (_name, address, sentence) => {
    const { router, os } = await aListWorld();
    const error = errorOf(await router.ensure(wantedFor(HUB, address), () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain(sentence);
    expect(os.requests).toBe(0);
  });

  test("of a rule that reads another list is refused before any request", async () => {
    const { router, os } = await aListWorld();
    const other = { ...inertRule, "dst-address-list": "strangers" };
    const error = errorOf(await router.ensure({ rule: other, addresses: [HUB] }, () => true));
    expect(error.message).toContain(`strangers, not ${LIST}`);
    expect(os.requests).toBe(0);
  });

  test("on a router that does not route IPv6 writes nothing", async () => {
    const { router, os } = await aListWorld({
      rules: [inertRule],
      ipv6: { disabled: false, forward: false },
    });
    const error = errorOf(await router.ensure(wantedFor(HUB), () => true));
    expect(error.message).toContain("forward=no");
    expect(os.writes).toEqual([]);
  });
});

describe("look", () => {
  test("shows our rule with what it keeps clients from now", async () => {
    const world = await aBlockingWorld([HUB], { rules: homeRules });
    await world.addEntry({ address: "2600:1f18:aaaa::/48", comment: "mine" });
    await world.addEntry({ address: "2600:1f18:bbbb::/48", comment: "mine", disabled: "yes" });
    await world.addEntry({ list: "strangers", address: "2600:1f18:cccc::/48" });
    const view = valueOf(await world.router.look());
    expect(view.version).toBe("7.23.7 (long-term)");
    expect(view.rules).toEqual([
      {
        id: "*7",
        ours: true,
        disabled: false,
        comment: inertRule.comment,
        networks: [HUB_NET, "2600:1f18:aaaa::/48"],
        testable: false,
        behind: null,
        packets: "0",
      },
    ]);
  });

  test("shows the rule with nothing once the time of its entries has run out", async () => {
    const world = await aBlockingWorld([HUB]);
    world.pass(20 * MINUTE);
    const view = valueOf(await world.router.look());
    expect(view.rules).toMatchObject([{ networks: [] }]);
    expect(view.entriesLeftMs).toBeUndefined();
  });

  test("shows the rule with nothing after the router has restarted", async () => {
    const world = await aBlockingWorld([HUB]);
    await world.os.reboot({ confusedMs: 0 });
    expect(valueOf(await world.router.look()).rules).toMatchObject([{ ours: true, networks: [] }]);
  });

  test("tells a rule with the hole for tests from one without", async () => {
    const hole = { ...inertRule, "src-port": "!61990-61999" };
    const world = await aListWorld();
    await world.router.ensure({ rule: hole, addresses: [HUB] }, () => true);
    expect(valueOf(await world.router.look()).rules).toMatchObject([{ testable: true }]);
    expect(world.os.decide({ ...syn, srcPort: 61_990 }).verdict).toBe("accept");
  });

  test("shows the addresses behind a name that a person listed, not the name", async () => {
    const names = { "hub.example": ["2600:1f18:1::7"] };
    const world = await aListWorld({ rules: [inertRule], names });
    await world.addEntry({ address: "hub.example" });
    expect(valueOf(await world.router.look()).rules).toMatchObject([
      { networks: ["2600:1f18:1::7/128"] },
    ]);
  });

  test("counts the usual rule that a person typed", async () => {
    const { router } = await aListWorld({ rules: [typed, inertRule] });
    expect(valueOf(await router.look()).rules).toMatchObject([
      { ours: false, networks: ["2600:1f18::/32"] },
      { ours: true, networks: [] },
    ]);
  });
});

describe("withdraw", () => {
  test("takes away our rule and our entries, the rule first, and nothing else", async () => {
    const world = await aListWorld({ rules: homeRules });
    await world.addEntry({ address: "2600:1f18:aaaa::/48", comment: "mine" });
    await world.addEntry({ address: HUB_NET, list: "strangers", comment: "theirs [backon]" });
    const [rules, entries] = [withoutCounters(world.os), world.os.entries()];
    await world.router.ensure(wantedFor(HUB, AUTH), () => true);
    await world.addEntry({
      address: HUB_NET,
      comment: ENTRY_COMMENT,
      disabled: "yes",
      timeout: "1h",
    });
    const withdrawn = valueOf(await world.router.withdraw());
    expect(withdrawn.removed).toBe(4);
    expect(withdrawn.actions.map(({ what }) => what)).toEqual([
      "remove our rule *7",
      `take ${HUB_NET} out of the list ${LIST}`,
      `take ${AUTH_NET} out of the list ${LIST}`,
      `take ${HUB_NET} out of the list ${LIST}`,
    ]);
    expect([withoutCounters(world.os), world.os.entries()]).toEqual([rules, entries]);
  });

  test("is content with what somebody took away meanwhile", async () => {
    const world = await aBlockingWorld([HUB]);
    world.os.operator.onNext("DELETE", () => world.os.operator.removeEntry("*1"));
    expect(valueOf(await world.router.withdraw()).removed).toBe(1);
    expect(entriesOf(world)).toEqual([]);
  });

  test("finds nothing on a router without ours", async () => {
    const { router, os } = await aListWorld({ rules: [typed, ...homeRules] });
    expect(valueOf(await router.withdraw())).toEqual({ removed: 0, actions: [] });
    expect(os.writes).toEqual([]);
  });
});
