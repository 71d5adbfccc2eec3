// Another version of RouterOS shows a field on our rule that this code does not know.
import { expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aRouterWorld, commentsOf, errorOf, rule, valueOf, wanted } from "./router-world.ts";

/** From the next add on, each of our rules is shown with this field. */
async function aRouterThatAdds(field: Record<string, string>, meanwhile?: object) {
  const world = await aRouterWorld({ rules: homeRules });
  const { operator, table } = world.os;
  operator.onNext("PUT", () => {
    if (meanwhile !== undefined) operator.add({ ...rule, ...meanwhile });
    operator.onNext("GET", () => {
      for (const row of table())
        if (row["comment"] === rule.comment) operator.edit(row[".id"] ?? "", field);
    });
  });
  return world;
}

test("one about the row itself (with a dot) makes it no less ours", async () => {
  const { os, router } = await aRouterThatAdds({ ".about": "shown by a newer version" });

  expect(valueOf(await router.ensure(wanted, () => true))).toMatchObject({
    added: true,
    rule: { ours: true },
  });
  expect(valueOf(await router.withdraw()).removed).toBe(1);
  expect(commentsOf(os)).not.toContain(rule.comment);
});

test("any other: what we added goes again at once, and nothing is tried again", async () => {
  const { os, router } = await aRouterThatAdds({ "hw-offload": "yes" });

  const error = errorOf(await router.ensure(wanted, () => true));

  expect(error).toMatchObject({ next: "give-up", uncertain: false });
  expect(error.message).toContain("hw-offload is yes");
  expect(commentsOf(os)).not.toContain(rule.comment);
});

test("a person's edited copy from before stays", async () => {
  const { os, router } = await aRouterThatAdds({ "hw-offload": "yes" });
  os.operator.add({ ...rule, "src-address": "2001:db8:7::/64" });

  errorOf(await router.ensure(wanted, () => true));

  expect(os.table().filter((row) => row["comment"] === rule.comment)).toMatchObject([
    { "src-address": "2001:db8:7::/64" },
  ]);
});

test("another cluster's rule that landed meanwhile stays", async () => {
  const flags = { "tcp-flags": "syn,!ack" };
  const { os, router } = await aRouterThatAdds({ "hw-offload": "yes" }, flags);

  await router.ensure(wanted, () => true);

  expect(os.table().map((row) => row["tcp-flags"])).toContain("syn,!ack");
});

test("where it can't be removed again, that is said", async () => {
  const { os, router } = await aRouterThatAdds({ "hw-offload": "yes" });
  os.operator.onNext("DELETE", () => (os.faults.closeBeforeApply = 1));

  const error = errorOf(await router.ensure(wanted, () => true));

  expect(error.uncertain).toBe(true);
  expect(commentsOf(os)).toContain(rule.comment);
});
