import { createHash } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { covers } from "../../sim/network/faults.ts";
import { imageReference } from "../../sim/network/image-reference.ts";
import type { NetworkSim } from "../../sim/network/start.ts";
import type { Packet, Verdict } from "../../sim/packet.ts";
import { aNetwork, HUB_V6 } from "../support/a-network.ts";

const never = new AbortController().signal;
const HOST = "registry-1.docker.io";

/** TLS with Node's own client, over a connection through the gateway. */
async function secured(sim: NetworkSim, connection: Socket, end = never): Promise<TLSSocket> {
  const socket = connect({ socket: connection, servername: HOST, ca: sim.caPem });
  socket.on("error", () => socket.destroy()); // What comes after the end of the wait.
  await once(socket, "secureConnect", { signal: end });
  return socket;
}

type Answer = { readonly headers: IncomingHttpHeaders; readonly status: number; body: string };

async function ask(
  sim: NetworkSim,
  address: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const socket = await secured(sim, await sim.dialer.connect({ address, port: 443 }, never));
  const request = get({
    createConnection: () => socket,
    path,
    headers: { host: HOST, ...headers },
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = await text(response);
  socket.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

test("the firewall sees each SYN of either family", async () => {
  const packets: Packet[] = [];
  const sim = await aNetwork({
    firewall: (packet) => {
      packets.push(packet);
      return packet.family === "v6"
        ? { verdict: "reject", with: "icmp-address-unreachable" }
        : { verdict: "accept" };
    },
  });

  await sim.pull("ghcr.io/some/app:2");

  const seen = (family: "v4" | "v6", dstAddress: string) =>
    expect(packets).toContainEqual({
      chain: "forward",
      family,
      dstAddress,
      dstPort: 443,
      protocol: "tcp",
      syn: true,
      ack: false,
      srcPort: expect.any(Number),
    });
  seen("v4", "203.0.113.40");
  seen("v6", "2606:4700::6810:30");
  expect(packets.every(({ syn }) => syn)).toBe(true);
});

test.each<[Verdict, RegExp]>([
  [{ verdict: "reject", with: "icmp-address-unreachable" }, /aborted/],
  [{ verdict: "drop" }, /aborted/],
  [{ verdict: "reject", with: "tcp-reset" }, /ECONNRESET/],
])("an open connection that meets %j ends with %s", async (verdict, end) => {
  let now: Verdict = { verdict: "accept" };
  const sim = await aNetwork({ firewall: () => now });
  const connection = await sim.dialer.connect({ address: HUB_V6, port: 443 }, never);
  now = verdict;

  await expect(secured(sim, connection, AbortSignal.timeout(150))).rejects.toThrow(end);
});

test("a rule that rejects new connections only leaves open ones alone", async () => {
  let closed = false;
  const sim = await aNetwork({
    firewall: ({ syn }) =>
      closed && syn ? { verdict: "reject", with: "tcp-reset" } : { verdict: "accept" },
  });
  const connection = await sim.dialer.connect({ address: HUB_V6, port: 443 }, never);
  closed = true;

  const socket = await secured(sim, connection);

  expect(socket.authorized).toBe(true);
  socket.destroy();
});

test("a fault counts from when it is added until it is taken back", async () => {
  const sim = await aNetwork();
  const takeBack = sim.gateway.faults.add({ to: HUB_V6, kind: "tcp-refuse" });
  await expect(sim.dialer.connect({ address: HUB_V6, port: 443 }, never)).rejects.toMatchObject({
    code: "ECONNREFUSED",
    address: HUB_V6,
  });

  takeBack();

  const socket = await sim.dialer.connect({ address: HUB_V6, port: 443 }, never);
  socket.destroy();
});

test("an address where nothing is gets no answer but an error", async () => {
  const sim = await aNetwork();

  const dial = sim.dialer.connect({ address: "2001:db8:ffff::1", port: 443 }, never);

  await expect(dial).rejects.toMatchObject({ code: "EHOSTUNREACH" });
});

test("the log says over which family and address each request came", async () => {
  const sim = await aNetwork();

  await ask(sim, HUB_V6, "/v2/");

  expect(sim.servers.hits).toEqual([
    {
      family: "v6",
      address: HUB_V6,
      host: "registry-1.docker.io",
      method: "GET",
      path: "/v2/",
      at: expect.any(Number),
    },
  ]);
});

test("a registry says where to fetch a token", async () => {
  const sim = await aNetwork();

  const answer = await ask(sim, "203.0.113.10", "/v2/");

  expect(answer.status).toBe(401);
  expect(answer.headers["www-authenticate"]).toBe(
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
  );
});

test("a manifest has the digest that its header says", async () => {
  const sim = await aNetwork();

  const answer = await ask(sim, "203.0.113.10", "/v2/library/x/manifests/1", {
    authorization: "Bearer sim-token",
  });

  const digest = createHash("sha256").update(answer.body).digest("hex");
  expect(answer.headers["docker-content-digest"]).toBe(`sha256:${digest}`);
});

test.each([
  ["busybox", "docker.io/library/busybox:latest", "registry-1.docker.io"],
  ["grafana/loki:3", "docker.io/grafana/loki:3", "registry-1.docker.io"],
  ["registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10", "registry.k8s.io"],
  ["localhost:5000/app", "localhost:5000/app:latest", "localhost:5000"],
  ["ghcr.io/a/b", "ghcr.io/a/b:latest", "ghcr.io"],
])("the image %s is %s at %s", (image, full, host) => {
  expect(imageReference(image)).toMatchObject({ full, host });
});

test.each([
  ["2600:1f18::/32", HUB_V6, true],
  ["2600:1f18::/32", "2606:4700::6810:30", false],
  [HUB_V6, HUB_V6, true],
  ["0.0.0.0/0", HUB_V6, false],
])("a fault for %s covers %s: %s", (to, address, expected) => {
  expect(covers(to, address)).toBe(expected);
});
