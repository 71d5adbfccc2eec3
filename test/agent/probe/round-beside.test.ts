// What a round asks beside its tries: a small ClientHello, and port 80.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import type { Dialer } from "../../../agent/probe/dialer.ts";
import type { ProbeTarget } from "../../../agent/ports/network.ts";
import { aSite, ends, of, probe, TOKEN } from "./simulated-site.ts";

const CONTROL: ProbeTarget = { host: "one.one.one.one", role: "control" };
test("the small ClientHello gets through where only large packets are lost", async () => {
  const sim = await aSite();
  sim.gateway.faults.add({ to: "2600:1f18::/32", kind: "large-hello-stall" });

  const round = await probe(sim, [TOKEN]);

  expect(of(round, "v6").map(({ outcome }) => outcome)).toEqual(["timeout", "timeout", "timeout"]);
  expect(round.smallHello.map(({ family, outcome }) => `${family} ${outcome}`)).toEqual([
    "v4 ok",
    "v6 ok",
  ]);
});

test("the small ClientHello goes over IPv4 too", async () => {
  const sim = await aSite({ sources: { v4: "10.10.0.2", v6: null } });
  sim.gateway.faults.add({ to: "0.0.0.0/0", kind: "large-hello-stall" });

  const round = await probe(sim, [TOKEN]);

  expect(ends(of(round, "v4"))).toEqual(["tcp timeout"]);
  expect(round.smallHello.map(({ family, outcome }) => `${family} ${outcome}`)).toEqual(["v4 ok"]);
});

test("where TLS stalls everywhere, port 80 is asked once a family", async () => {
  const web = createServer((_, answer) => answer.writeHead(301).end());
  web.listen(0, "127.0.0.1");
  await once(web, "listening");
  onTestFinished(() => void web.close());
  const sim = await aSite();
  sim.gateway.faults.add({ to: "0.0.0.0/0", kind: "tls-stall" });
  const asked: string[] = [];
  const dialer: Dialer = {
    ...sim.dialer,
    connect: async (to, signal) => {
      if (to.port !== 80) return sim.dialer.connect(to, signal);
      asked.push(to.address);
      const socket = connect(z.object({ port: z.number() }).parse(web.address()).port, "127.0.0.1");
      await once(socket, "connect", { signal });
      return socket;
    },
  };

  const round = await probe(sim, [TOKEN, CONTROL], { dialer });

  expect(asked).toHaveLength(1);
  expect(round.plainHttp).toMatchObject([{ family: "v4", reached: "http", status: 301 }]);
});

test("where TLS works, nobody asks port 80", async () => {
  const sim = await aSite();

  const round = await probe(sim, [TOKEN]);

  expect(round.plainHttp).toBeUndefined();
  expect(sim.gateway.dials.filter(({ port }) => port === 80)).toEqual([]);
});
