import { describe, expect, test } from "vitest";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aRouterWorld,
  commentsOf,
  rule,
  typed,
  valueOf,
  withoutCounters,
  wanted,
} from "./router-world.ts";

const OURS = rule.comment;
describe("withdraw", () => {
  test("leaves the table as it was before ensure", async () => {
    const { os, router } = await aRouterWorld({ dynamicFirstRow: true, rules: homeRules });
    const before = withoutCounters(os);
    await router.ensure(wanted, () => true);
    const withdrawn = valueOf(await router.withdraw());
    expect(withdrawn).toMatchObject({ removed: 1, actions: [{ ok: true }] });
    expect(withoutCounters(os)).toEqual(before);
  });

  test("removes everything that is ours, disabled or of other settings, and nothing else", async () => {
    const { os, router } = await aRouterWorld({
      rules: [typed, rule, { ...rule, disabled: "true" }, { ...rule, "tcp-flags": "syn,!ack" }],
    });
    expect(valueOf(await router.withdraw()).removed).toBe(3);
    expect(commentsOf(os)).toEqual([typed.comment]);
  });

  test("is content with a rule that somebody took away meanwhile", async () => {
    const { os, router } = await aRouterWorld({ rules: [rule] });
    os.operator.onNext("DELETE", () => os.operator.remove("*1"));
    const withdrawn = valueOf(await router.withdraw());
    expect(withdrawn.actions).toMatchObject([{ ok: true, detail: "it was gone already" }]);
  });
});

describe("look", () => {
  test("lists the rules that cover the prefix, ours and typed, with what stands before", async () => {
    const { router } = await aRouterWorld({
      rules: [rule, ...homeRules, { ...typed, disabled: "true" }],
    });
    expect(valueOf(await router.look())).toEqual({
      version: "7.23.7 (long-term)",
      marked: 1,
      rules: [
        {
          id: "*1",
          ours: true,
          disabled: false,
          comment: OURS,
          networks: ["2600:1f18::/32"],
          testable: false,
          behind: null,
          packets: "0",
        },
        {
          id: "*8",
          ours: false,
          disabled: true,
          comment: typed.comment,
          networks: ["2600:1f18::/32"],
          testable: false,
          behind: "defconf: accept established,related,untracked",
          packets: "0",
        },
      ],
    });
  });

  test("shows what keeps out a part of it, ours and a person's: it stands in the way of clients", async () => {
    const older = { ...rule, "dst-address": "2600:1f18:2148::/48" };
    const persons = { ...typed, "dst-address": "2600:1f18:2148::/48" };
    const elsewhere = { ...typed, "dst-address": "2001:db8::/48" };
    const { router } = await aRouterWorld({ rules: [older, persons, elsewhere] });

    expect(valueOf(await router.look()).rules).toMatchObject([
      { ours: true, networks: ["2600:1f18:2148::/48"] },
      { ours: false, networks: ["2600:1f18:2148::/48"] },
    ]);
  });

  test("reads counters beyond 2^53 exactly", async () => {
    const { os, router } = await aRouterWorld({ rules: [rule] });
    os.operator.count("*1", 9_007_199_254_740_993n);
    expect(valueOf(await router.look()).rules).toMatchObject([{ packets: "9007199254740993" }]);
  });
});
