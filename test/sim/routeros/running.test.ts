// Names beginning with S are rows of the simulator's list: what a real router does.
import { request } from "node:https";
import { expect, test } from "vitest";
import { aRouter, ask, comments, dockerRule, FILTER, three } from "../../../sim/routeros/ask.ts";
import { fasttrackRow, homeRules } from "../../../sim/routeros/home-rules.ts";

const syn = {
  chain: "forward",
  family: "v6",
  dstAddress: "2600:1f18:2148:bc00::1",
  dstPort: 443,
  protocol: "tcp",
  syn: true,
  ack: false,
} as const;

test("S27 counters grow with packets and go back to 0 by reset and by reboot", async () => {
  const router = await aRouter({ rules: [dockerRule] });
  router.decide(syn);
  router.decide(syn);
  expect(router.table()[0]).toMatchObject({ packets: "2", bytes: "160" });
  const got = await ask(router, "POST", `${FILTER}/reset-counters`, { numbers: "*1" });
  expect(got.text).toBe("[]");
  expect(router.table()[0]).toMatchObject({ packets: "0", bytes: "0" });
  router.decide(syn);
  await router.reboot();
  expect(router.table()[0]).toMatchObject({ packets: "0", bytes: "0" });
});

test("S28 the dynamic first row is listed and can't be deleted, changed or moved", async () => {
  const router = await aRouter({ dynamicFirstRow: true, rules: three });
  const listed = await ask(router, "GET", FILTER);
  const refused = [
    await ask(router, "DELETE", `${FILTER}/*1`),
    await ask(router, "PATCH", `${FILTER}/*1`, { disabled: "yes" }),
    await ask(router, "POST", `${FILTER}/move`, { numbers: "*2", destination: "*1" }),
  ];
  expect(listed.body).toMatchObject([{ ...fasttrackRow, dynamic: "true" }, {}, {}, {}]);
  expect(refused.map((got) => got.status)).toEqual([400, 400, 400]);
});

const reject = { verdict: "reject", with: "icmp-address-unreachable" };
test.each([
  ["new connection into the prefix", {}, {}, reject],
  ["address outside of it", {}, { dstAddress: "2606:4700::1" }, { verdict: "accept" }],
  ["other port", {}, { dstPort: 80 }, { verdict: "accept" }],
  ["packet of an open connection", {}, { syn: false, ack: true }, reject],
  [
    "open connection, SYN only",
    { "tcp-flags": "syn,!ack" },
    { syn: false, ack: true },
    { verdict: "accept" },
  ],
  ["SYN, SYN only", { "tcp-flags": "syn,!ack" }, {}, reject],
  ["port in the hole", { "src-port": "!61990-61999" }, { srcPort: 61_995 }, { verdict: "accept" }],
  ["port beside the hole", { "src-port": "!61990-61999" }, { srcPort: 61_989 }, reject],
  ["disabled rule", { disabled: "true" }, {}, { verdict: "accept" }],
  ["rule of another chain", { chain: "input" }, {}, { verdict: "accept" }],
  ["rule about something unknown", { "tls-host": "x" }, {}, { verdict: "accept" }],
] as const)("S29 %s", async (_name, fields, packet, decision) => {
  const router = await aRouter({ rules: [{ ...dockerRule, ...fields }, ...homeRules] });
  expect(router.decide({ ...syn, ...packet })).toEqual(decision);
});

test("S29 a rule behind `accept established` leaves open connections alone", async () => {
  const router = await aRouter({ rules: [...homeRules, dockerRule] });
  expect(router.decide({ ...syn, syn: false, ack: true })).toEqual({ verdict: "accept" });
  expect(router.decide(syn)).toEqual(reject);
});

test("S51 without the api policy everything is 500 with (9)", async () => {
  const router = await aRouter();
  router.faults.noApiPolicy = true;
  const got = await ask(router, "GET", FILTER);
  expect([got.status, got.body]).toEqual([
    500,
    expect.objectContaining({ detail: "std failure: not allowed (9)" }),
  ]);
});

test("S53 without write, PUT and POST are 500, PATCH and DELETE an unclear 400", async () => {
  const router = await aRouter({ rules: three });
  router.faults.readOnly = true;
  const statuses = [
    await ask(router, "PUT", FILTER, dockerRule),
    await ask(router, "POST", `${FILTER}/move`, { numbers: "*1" }),
    await ask(router, "PATCH", `${FILTER}/*1`, { comment: "x" }),
    await ask(router, "DELETE", `${FILTER}/*1`),
  ].map((got) => got.status);
  expect(statuses).toEqual([500, 500, 400, 400]);
  expect(comments(router)).toEqual(["a", "b", "c"]);
});

test("S60 requests of one user wait for each other; the limit ends the queue behind, too", async () => {
  const router = await aRouter({ requestLimitMs: 20 });
  router.faults.slowMs = 50;
  const got = await Promise.all([ask(router, "GET", FILTER), ask(router, "GET", FILTER)]);
  for (const one of got) expect(one.body).toMatchObject({ detail: "Session closed", error: 400 });
  expect(router.overlaps).toBe(1);
});

test("S62 a write can take effect and be answered with an error, or with nothing", async () => {
  const router = await aRouter();
  router.faults.afterApply.push("400", "500", "close");
  const statuses = [
    (await ask(router, "PUT", FILTER, dockerRule)).status,
    (await ask(router, "PUT", FILTER, dockerRule)).status,
    await ask(router, "PUT", FILTER, dockerRule).catch(() => "closed"),
  ];
  expect(statuses).toEqual([400, 500, "closed"]);
  expect(router.table()).toHaveLength(3);
  expect(router.writes.map((write) => write.status)).toEqual([400, 500, 0]);
});

test("a write can be cut before it takes effect", async () => {
  const router = await aRouter();
  router.faults.closeBeforeApply = 1;
  const sent = ask(router, "PUT", FILTER, dockerRule);
  await expect(sent).rejects.toThrow();
  expect(router.table()).toEqual([]);
});

test("S67 the certificate can expire and be renewed while the router runs", async () => {
  const router = await aRouter();
  await router.showCertificate("expired");
  const expired = await ask(router, "GET", FILTER).catch((error: Error) => error.message);
  await router.showCertificate("ca-signed");
  const renewed = await ask(router, "GET", FILTER);
  expect(expired).toBe("certificate has expired");
  expect(renewed.status).toBe(200);
});

test("S28 the FastTrack row comes first when FastTrack is configured", async () => {
  const router = await aRouter({ rules: three });
  router.operator.useFastTrack();
  expect(router.table()[0]).toMatchObject({ ...fasttrackRow, dynamic: "true" });
});

test("TLS 1.3 is not spoken", async () => {
  const router = await aRouter();
  const { hostname, port } = new URL(router.url);
  const shaken = new Promise((resolve, reject) => {
    const sent = request({ hostname, port, ca: router.ca, minVersion: "TLSv1.3", agent: false });
    sent.on("error", reject).on("response", resolve).end();
  });
  await expect(shaken).rejects.toThrow(/alert|version/i);
});
