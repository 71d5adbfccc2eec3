// S64, S67–S69: the router as a device: reboots, its certificate, its operator, its services.
import type { TlsVariant } from "../../sim/routeros/certificate.ts";
import { holds, refuses, rowsIn, same, CannotCheck, type Check } from "./check.ts";
import { allIds, anEntry, FILTER, get, LIST, LISTS, put, several } from "./our-rows.ts";
import type { RestClient } from "./rest-client.ts";

const NETWATCH = "/rest/tool/netwatch";

/** The code of the error that a request ends with; null if it is answered. */
async function failure(router: RestClient): Promise<string | null> {
  return get(router, "/rest/system/identity").then(
    () => null,
    (error: unknown) => String((error as { readonly code?: unknown }).code),
  );
}

function tls(variant: TlsVariant, title: string, code: RegExp | null): Check {
  return {
    id: "S67",
    title,
    simulated: { tls: variant },
    async onSimulator(router) {
      const got = await failure(router);
      const as = code === null ? got === null : got !== null && code.test(got);
      holds(as, String(code), got);
    },
  };
}

export const device: readonly Check[] = [
  {
    id: "S64",
    title: "after a reboot static rows are there in their order, with counters at 0",
    async onSimulator(router, simulator) {
      const ids = await several(router, "abc");
      simulator.operator.count(ids[0] ?? "", 7n);
      await router.send("DELETE", `${FILTER}/${ids[1]}`);
      await simulator.reboot({ confusedMs: 0 });
      const rows = rowsIn(await get(router, FILTER));
      const after = await allIds(router);
      router.learn(`ids ${ids.toSpliced(1, 1).join()} are ${after.join()} after a reboot`);
      same(
        rows.map((row) => [String(row["comment"]).at(-1), row["packets"]]),
        [
          ["a", "0"],
          ["c", "0"],
        ],
      );
      const kept = [[ids[0], ids[2]].join(), "*1,*2"];
      holds(kept.includes(after.join()), kept.join(" or "), after);
    },
  },
  {
    id: "S64",
    title: "netwatch is unknown for five minutes after a boot",
    async onSimulator(router, simulator) {
      await put(router, { host: "2001:db8::1", type: "https-get", port: "443" }, NETWATCH);
      const status = async () => rowsIn(await get(router, NETWATCH))[0]?.["status"];
      same(await status(), "up", "before");
      await simulator.reboot({ confusedMs: 0 });
      same(await status(), "unknown", "after the boot");
      await router.pause(299_000);
      same(await status(), "unknown", "299 s after the boot");
      await router.pause(2_000);
      same(await status(), "up", "301 s after the boot");
    },
  },
  {
    id: "S64",
    title: "a reboot cuts the connections and forgets the logins",
    async onSimulator(router, simulator) {
      await get(router, FILTER);
      simulator.faults.slowMs = 200;
      const sent = failure(router);
      await router.pause(0);
      while (simulator.connections < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await simulator.reboot({ confusedMs: 0 });
      same(await sent, "ECONNRESET");
      simulator.faults.slowMs = 0;
      await get(router, FILTER);
      same(simulator.log.filter((line) => line.includes("logged in")).length, 2, "logins");
    },
  },
  tls("self-signed", "a self-signed certificate for the address is taken when it is pinned", null),
  tls("ca-signed", "a certificate of the router's own CA is taken when the CA is pinned", null),
  tls("wrong-name", "a certificate for another router is refused", /ALTNAME/),
  tls("expired", "an expired certificate is refused", /EXPIRED/),
  tls("none", "without a certificate the handshake fails", /SSL|EPROTO|ECONNRESET/),
  {
    id: "S67",
    title: "TLS 1.2 is spoken, 1.3 is not",
    async check(router) {
      const young = await router.handshake("TLSv1.3");
      const usual = await router.handshake("TLSv1.2");
      if (usual !== null) throw new CannotCheck(`no TLS here: ${usual.message}`);
      holds(young !== null, "a failed TLS 1.3 handshake", "one that succeeded");
    },
  },
  {
    id: "S68",
    title: "an operator's static entry for our prefix in our list blocks ours",
    async onSimulator(router, simulator) {
      const address = "2001:db8:0:1::/64";
      const theirs = simulator.operator.addEntry(LIST, address, "mine");
      const ours = await put(router, { list: LIST, address, timeout: "30m" }, LISTS);
      refuses(ours, 400, "failure: already have such entry");
      simulator.operator.removeEntry(theirs);
      await anEntry(router, address, { timeout: "30m" });
    },
  },
  {
    id: "S69",
    title: "ip/service has static rows and a dynamic one for each open connection, ours too",
    async check(router) {
      const rows = rowsIn(await get(router, "/rest/ip/service"));
      const fixed = rows.filter((row) => row["dynamic"] === "false").map((row) => row["name"]);
      const open = rows.filter((row) => row["dynamic"] === "true");
      holds(fixed.includes("www") && fixed.includes("www-ssl"), "www and www-ssl", fixed);
      holds(open.length >= 1, "a dynamic row", rows);
      holds(
        open.some((row) => fixed.includes(row["name"])),
        "repeated names",
        open,
      );
    },
  },
];
