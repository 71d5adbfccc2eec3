import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aListWorld,
  ENTRY_COMMENT,
  HUB,
  HUB_NET,
  inertRule,
  LIST,
  LIST_MENU,
  wantedFor,
} from "./list-world.ts";
import { errorOf, typed, valueOf } from "./router-world.ts";

const syn = {
  chain: "forward",
  family: "v6",
  dstAddress: HUB,
  dstPort: 443,
  protocol: "tcp",
  syn: true,
  ack: false,
} as const;

describe("what a person did is left alone", () => {
  test.each<[string, Record<string, string>]>([
    ["for good", { address: HUB_NET }],
    ["for a while", { address: HUB_NET, timeout: "1h" }],
    ["wider", { address: "2600:1f18::/32" }],
    ["spelled otherwise", { address: "2600:1F18:2148:BC00::77/64" }],
  ])("an entry %s counts as there", async (_name, fields) => {
    const world = await aListWorld({ rules: [inertRule], switches: { listHostBits: "kept" } });
    await world.addEntry({ comment: "mine", ...fields });
    const before = world.os.entries();
    const ensured = valueOf(await world.router.ensure(wantedFor(HUB), () => true));
    await world.router.refresh?.();
    await world.router.withdraw();
    expect(ensured).toMatchObject({ added: false, actions: [] });
    expect(world.os.entries()).toEqual(before);
  });

  test.each<[string, Record<string, string>]>([
    ["that is disabled", { address: HUB_NET, disabled: "yes" }],
    ["for one address of the /64", { address: `${HUB}/128` }],
    ["in another list", { address: HUB_NET, list: "strangers" }],
  ])("an entry %s does not count", async (_name, fields) => {
    const world = await aListWorld({ rules: [inertRule] });
    await world.addEntry({ comment: "mine", ...fields });
    expect(valueOf(await world.router.ensure(wantedFor(HUB), () => true)).added).toBe(true);
    expect(world.os.decide(syn).verdict).toBe("reject");
  });

  test("an entry of ours that was disabled is named and not put back", async () => {
    const world = await aListWorld({ rules: [inertRule] });
    await world.addEntry({
      address: HUB_NET,
      comment: ENTRY_COMMENT,
      disabled: "yes",
      timeout: "1h",
    });
    const writes = world.os.writes.length;
    const error = errorOf(await world.router.ensure(wantedFor(HUB), () => true));
    expect(error).toMatchObject({ next: "give-up", uncertain: false });
    expect(error.message).toContain(`our entry *1 (${HUB_NET}) in the list ${LIST}`);
    expect(world.os.writes).toHaveLength(writes);
  });

  test("an equal rule of a person counts, and its list gets our entries", async () => {
    const equal = { ...inertRule, comment: "my own" };
    const { router, os } = await aListWorld({ rules: [...homeRules, equal] });
    const ensured = valueOf(await router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({
      added: true,
      rule: { ours: false, id: "*7", networks: [HUB_NET] },
    });
    expect(os.writes.map(({ path }) => path)).toEqual([`/rest/${LIST_MENU}`]);
  });

  test("the usual rule of a person is enough: nothing is written", async () => {
    const { router, os } = await aListWorld({ rules: [typed] });
    const ensured = valueOf(await router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({
      added: false,
      rule: { ours: false, networks: ["2600:1f18::/32"] },
    });
    expect(os.writes).toEqual([]);
  });

  test("our rule, disabled, gets no entries", async () => {
    const { router, os } = await aListWorld({ rules: [{ ...inertRule, disabled: "true" }] });
    const ensured = valueOf(await router.ensure(wantedFor(HUB), () => true));
    expect(ensured).toMatchObject({ added: false, rule: { disabled: true, ours: true } });
    expect(os.writes).toEqual([]);
  });
});
