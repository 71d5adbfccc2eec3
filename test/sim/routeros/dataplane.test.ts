// A router whose packets are carried by something else: the network lab's use of it.
import { expect, test, vi } from "vitest";
import { aRouter, ask, dockerRule, FILTER, three } from "../../../sim/routeros/ask.ts";
import type { Dataplane } from "../../../sim/routeros/dataplane.ts";

type Counted = { packets: bigint; bytes: bigint };

function aDataplane() {
  const loads: string[] = [];
  const counted = new Map<string, Counted>();
  const dataplane: Dataplane = {
    load: (rows) => {
      loads.push(rows.map((row) => row.fields["comment"]).join(""));
      return Promise.resolve();
    },
    counters: () => Promise.resolve(new Map(counted)),
  };
  return { dataplane, loads, counted };
}

test("the dataplane has each change before its reply, and nothing twice", async () => {
  const { dataplane, loads } = aDataplane();
  const router = await aRouter({ rules: three, dataplane });
  expect(loads).toEqual(["abc"]);
  await ask(router, "PUT", FILTER, { ...dockerRule, comment: "d" });
  expect(loads.at(-1)).toBe("abcd");
  await ask(router, "POST", `${FILTER}/move`, { numbers: "*4", destination: "*1" });
  expect(loads.at(-1)).toBe("dabc");
  await ask(router, "GET", FILTER);
  await ask(router, "DELETE", `${FILTER}/*4`);
  expect(loads).toEqual(["abc", "abcd", "dabc", "abc"]);
});

test("the dataplane follows the operator in the background", async () => {
  const { dataplane, loads } = aDataplane();
  const router = await aRouter({ rules: three, dataplane });
  router.operator.remove("*2");
  await router.settled();
  expect(loads).toEqual(["abc", "ac"]);
});

test("a reboot loads the table anew and starts its counters again", async () => {
  const { dataplane, loads, counted } = aDataplane();
  const router = await aRouter({ rules: three, dataplane });
  counted.set("*1", { packets: 3n, bytes: 240n });
  await router.reboot();
  expect(loads).toEqual(["abc", "abc"]);
  expect(router.table()[0]).toMatchObject({ packets: "0" });
});

test("replies show what the dataplane has counted since the last reset", async () => {
  const { dataplane, counted } = aDataplane();
  const router = await aRouter({ rules: [dockerRule], dataplane });
  counted.set("*1", { packets: 3n, bytes: 240n });
  const grown = await ask(router, "GET", `${FILTER}/*1`);
  await ask(router, "POST", `${FILTER}/reset-counters`, { numbers: "*1" });
  counted.set("*1", { packets: 4n, bytes: 320n });
  await router.settled();
  expect(grown.body).toMatchObject({ packets: "3", bytes: "240" });
  expect(router.table()).toMatchObject([{ packets: "1", bytes: "80" }]);
});

test("the dataplane is told what the lists hold, and when an entry expires", async () => {
  const { dataplane } = aDataplane();
  const loads: string[][] = [];
  dataplane.load = (_rows, lists) => {
    loads.push([...(lists.get("blocked") ?? [])]);
    return Promise.resolve();
  };
  const router = await aRouter({ dataplane });
  const entry = { list: "blocked", address: "2001:db8::/64", timeout: "20ms" };
  await ask(router, "PUT", "/rest/ipv6/firewall/address-list", entry);
  expect(loads).toEqual([[], ["2001:db8::/64"]]);
  await vi.waitFor(() => expect(loads.at(-1)).toEqual([]));
});

test("a dataplane that fails is no reply", async () => {
  const { dataplane } = aDataplane();
  const router = await aRouter({ dataplane });
  dataplane.load = () => Promise.reject(new Error("no nftables"));
  await expect(ask(router, "PUT", FILTER, dockerRule)).rejects.toThrow("socket hang up");
});

test("a router with an address of its own listens there and is called by its certificate's name", async () => {
  const router = await aRouter({ host: "127.0.0.2" });
  const named = await aRouter({ host: "127.0.0.2", certificateFor: "router.example" });
  expect((await ask(router, "GET", "/")).status).toBe(200);
  expect(new URL(router.url).hostname).toBe("127.0.0.2");
  expect(new URL(named.url).hostname).toBe("router.example");
});
