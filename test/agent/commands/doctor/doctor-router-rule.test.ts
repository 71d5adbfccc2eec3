// `doctor` logged in to the router: rights, readiness, and our rule as it stands in the table.
import { describe, expect, test } from "vitest";
import { homeRules } from "../../../../sim/routeros/home-rules.ts";
import { aRouter, PASSWORD } from "./doctor-world.ts";
import { ENTRY_COMMENT } from "../../router/list-world.ts";
import { rule as ours, typed } from "../../router/router-world.ts";

const FIRST = { ...homeRules[0], chain: "forward", comment: "a person's accept" };

describe("login and rights", () => {
  test("401 is asked once, with its four causes and the lines for them", async () => {
    const { os, look } = await aRouter();
    os.faults.refuseLogin = true;

    const looked = await look();

    expect(looked.code).toBe(1);
    expect(looked.faults("router")).toEqual(["login"]);
    const mend = looked.line("router", "login")?.mend.join("\n");
    expect(mend).toContain("/user/print detail where name=backon");
    expect(mend).toContain("(with 127.0.0.1 inside)");
    expect(os.requests).toBe(1);
    expect(looked.text).not.toContain(PASSWORD);
  });

  test("REST switched off: 403 and the line that switches it on", async () => {
    const { os, look } = await aRouter();
    os.faults.restOff = true;

    const looked = await look();

    expect(looked.line("router", "login")?.mend.join()).toContain("webserver/set rest-secure=yes");
  });

  test.each([
    [["read", "write", "rest-api"], "the group lacks the policy api"],
    [["write", "api", "rest-api"], "the group lacks the policy read"],
  ] as const)("a group with only %s: which one is missing", async (policies, found) => {
    const { look } = await aRouter({ policies });

    const looked = await look();

    expect(looked.faults("router")).toEqual(["rights"]);
    expect(looked.line("router", "rights")).toMatchObject({
      found: expect.stringContaining(found),
      mend: expect.arrayContaining([
        "/user/group/set [find name=[/user/get [find name=backon] group]] policy=read,write,api,rest-api",
      ]),
    });
  });
});

describe("readiness", () => {
  test.each([
    [{ version: "7.8 (stable)" }, "version", "7.9 or newer is needed"],
    [{ ipv6: { disabled: true, forward: true } }, "IPv6", "disable-ipv6=yes"],
    [{ ipv6: { disabled: false, forward: false } }, "IPv6", "forward=no"],
    [{ ipv6: null }, "IPv6", "the router has no IPv6 menus"],
  ] as const)("%j is a fault", async (options, what, found) => {
    const { look } = await aRouter(options);

    const looked = await look();

    expect(looked.faults("router")).toEqual([what]);
    expect(looked.line("router", what)?.found).toContain(found);
  });

  test("settings that can't be read are no word about IPv6", async () => {
    const { look } = await aRouter({
      between: (request, next) =>
        request.path === "/rest/ipv6/settings"
          ? Promise.resolve({ status: 500, body: { error: 500, message: "Internal Server Error" } })
          : next(request),
    });

    const looked = await look();

    expect(looked.faults("router")).toEqual(["answers"]);
    expect(looked.line("router", "answers")?.found).toContain("GET /rest/ipv6/settings");
    expect(looked.line("router", "IPv6")).toBeUndefined();
  });

  test("a router that answers with other objects after its boot is said to be starting", async () => {
    const { os, look } = await aRouter();
    os.faults.wrongObjects = 10;

    const looked = await look();

    expect(looked.line("router", "answers")?.mend.join()).toContain("may be starting");
  });
});

describe("our rule", () => {
  test.each([
    ["absent", homeRules, "ok", "not there; it is added"],
    ["behind a person's accept", [FIRST, ours], "warning", `"a person's accept" stands before it`],
    ["disabled by a person", [{ ...ours, disabled: "true" }], "warning", "a person did that"],
    ["typed by a person", [typed], "ok", "a person's rule *1"],
    ["of other settings", [{ ...ours, "dst-address": "2600:1f18:1::/48" }], "ok", "other settings"],
  ] as const)("%s", async (_what, rules, mark, found) => {
    const { look } = await aRouter({ rules });

    const looked = await look();

    expect(looked.line("router", "our rule")).toMatchObject({
      mark,
      found: expect.stringContaining(found),
    });
  });

  test("what bears our mark and is not ours is named, and hides nothing", async () => {
    const { look } = await aRouter({ rules: [{ ...ours, "dst-port": "80" }] });

    const looked = await look();

    expect(looked.line("router", "marked [backon]")).toMatchObject({
      mark: "warning",
      found: expect.stringContaining(`rule *1 “${ours.comment}”`),
    });
    expect(looked.line("router", "our rule")?.found).toContain("not there; it is added");
  });

  test("further copies of it are counted", async () => {
    const { look } = await aRouter({ rules: [ours, ours, ours] });

    const looked = await look();

    expect(looked.line("router", "copies of our rule")).toMatchObject({ found: "2 more than one" });
  });

  test("profile address-list: a person's rule against the whole prefix does, too", async () => {
    const { look } = await aRouter({ rules: [typed, ...homeRules] });

    const looked = await look({ PROFILE: "address-list" });

    expect(looked.line("router", "our rule")).toMatchObject({
      mark: "ok",
      found: expect.stringContaining("a person's rule *1"),
    });
  });

  test("profile address-list: the entries of our list and how long they stay", async () => {
    const { os, look } = await aRouter();
    os.operator.addEntry("backon-block-v6", "2001:db8:9::/64", "a person's");
    os.operator.addEntry("backon-block-v6", "2600:1f18:1::/64", "by hand [backon]");
    const [list, address] = ["backon-block-v6", "2600:1f18:2::/64"];
    os.operator.addTimedEntry({ list, address, timeout: "30m", comment: ENTRY_COMMENT });

    const looked = await look({ PROFILE: "address-list" });

    const found = looked.line("router", "list backon-block-v6")?.found;
    expect(found).toMatch(/ours and how long they stay: 2600:1f18:2::\/64 \((30m|29m59s)\)/);
    expect(found).toContain("2 of a person, never touched");
    expect(looked.line("router", "marked [backon]")?.found).toContain("by hand [backon]");
  });
});
