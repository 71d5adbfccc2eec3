import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Dialer } from "../../../sim/network/dialer.ts";
import { dial } from "../../../sim/network/go/dial.ts";

/** What becomes of each address: `up` or an errno, after so many milliseconds; left out: silent. */
type Fates = Readonly<Record<string, readonly [end: string, afterMs: number]>>;

function network(fates: Fates) {
  const dialled: string[] = [];
  const open: Socket[] = [];
  const dialer: Dialer = {
    source: async () => null,
    connect: async ({ address }, signal) => {
      dialled.push(address);
      const [end, afterMs] = fates[address] ?? ["silent", 60_000];
      await sleep(afterMs, undefined, { signal });
      if (end !== "up") throw Object.assign(new Error(end), { code: end, syscall: "connect" });
      const socket = new Socket();
      open.push(socket);
      return socket;
    },
  };
  return { dialer, dialled, open };
}

async function dialling(addresses: string[], fates: Fates, ms = 5_000, fallbackDelayMs = 30) {
  const { dialer, dialled, open } = network(fates);
  const until = performance.now() + ms;
  const end = await dial(addresses, { dialer, port: 443, until, fallbackDelayMs });
  return { end: end.ok ? end.address : end.text, dialled, open: open.filter((s) => !s.destroyed) };
}

const V6 = "2600:1f18::10";
const V4 = "203.0.113.10";

test("the other family is not dialled while the first one answers in its head start", async () => {
  const { end, dialled } = await dialling(
    [V6, V4],
    { [V6]: ["up", 1], [V4]: ["up", 0] },
    5_000,
    500,
  );

  expect([end, dialled]).toEqual([V6, [V6]]);
});

test("a silent first family loses against the other after the head start", async () => {
  const { end, dialled, open } = await dialling([V6, V4], { [V4]: ["up", 0] });

  expect([end, dialled, open.length]).toEqual([V4, [V6, V4], 1]);
});

test("a rival that comes up after the race is closed", async () => {
  const late = Promise.withResolvers<void>();
  const rival = new Socket();
  const dialer: Dialer = {
    source: async () => null,
    connect: async ({ address }) => {
      if (address === V4) return new Socket();
      await late.promise;
      return rival;
    },
  };
  const until = performance.now() + 5_000;
  const end = await dial([V6, V4], { dialer, port: 443, until, fallbackDelayMs: 1 });

  late.resolve();
  await sleep(0);

  expect(end).toMatchObject({ ok: true, address: V4 });
  expect(rival.destroyed).toBe(true);
});

test("a refusal starts the other family at once, not after the head start", async () => {
  const fates: Fates = { [V6]: ["ECONNREFUSED", 0], [V4]: ["up", 0] };

  expect((await dialling([V6, V4], fates, 5_000, 60_000)).end).toBe(V4);
});

test("if both families fail the first one's error is told, whichever came last", async () => {
  const fates: Fates = { [V6]: ["EHOSTUNREACH", 40], [V4]: ["ECONNREFUSED", 0] };

  expect((await dialling([V6, V4], fates, 5_000, 0)).end).toBe(
    `dial tcp [${V6}]:443: connect: no route to host`,
  );
});

test("of several addresses the first one's error is told", async () => {
  const fates: Fates = { "203.0.113.1": ["ENETUNREACH", 0], "203.0.113.2": ["ECONNREFUSED", 0] };

  const { end, dialled } = await dialling(["203.0.113.1", "203.0.113.2"], fates);

  expect(end).toBe("dial tcp 203.0.113.1:443: connect: network is unreachable");
  expect(dialled).toEqual(["203.0.113.1", "203.0.113.2"]);
});

test("two seconds are the least that an address gets, so a short limit is all for the first", async () => {
  const { end, dialled } = await dialling(["203.0.113.1", "203.0.113.2"], {}, 50);

  expect(end).toBe("dial tcp 203.0.113.1:443: i/o timeout");
  expect(dialled).toEqual(["203.0.113.1"]);
});
