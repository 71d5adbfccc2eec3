// A DNS server on UDP, steered host by host and type by type.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import * as packet from "dns-packet";
import { PLACES, type Place } from "./places.ts";

type DnsType = "A" | "AAAA";
export type DnsMode = "answer" | "nodata" | "nxdomain" | "servfail" | "drop";
export type DnsServer = {
  readonly port: number;
  /** What was asked, oldest first. */
  readonly questions: readonly { readonly host: string; readonly type: string }[];
  /** Changes the answers for one host (`*`: every host) and type (both if left out). */
  mode(host: string, mode: DnsMode, type?: DnsType): void;
  /** Puts a host into the zone, or moves it. */
  place(host: string, place: Place): void;
  /** Back to the zone and the modes of the start. */
  reset(): void;
  close(): Promise<void>;
};

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** Listens on these addresses, all with the same answers; port 0 takes a free one of the first. */
export async function startDns(port = 0, addresses = ["127.0.0.1"]): Promise<DnsServer> {
  const sockets: Socket[] = [];
  const zone = new Map<string, Place>(Object.entries(PLACES));
  const modes = new Map<string, DnsMode>();
  const questions: { host: string; type: string }[] = [];
  const modeOf = (host: string, type: string): DnsMode =>
    modes.get(`${host} ${type}`) ?? modes.get(`* ${type}`) ?? "answer";

  const reply = (socket: Socket, message: Buffer, from: RemoteInfo): void => {
    const query = packet.decode(message);
    const question = query.questions?.[0];
    if (question === undefined) return;
    const host = question.name.toLowerCase();
    questions.push({ host, type: question.type });
    const mode = modeOf(host, question.type);
    if (mode === "drop") return;
    const said = answer(question, host, mode, zone.get(host));
    socket.send(packet.encode({ ...said, id: query.id ?? 0 }), from.port, from.address);
  };
  for (const address of addresses)
    sockets.push(await listen(address, sockets.length === 0 ? port : portOf(sockets), reply));

  return {
    port: portOf(sockets),
    questions,
    mode: (host, mode, type) => {
      for (const each of type === undefined ? (["A", "AAAA"] as const) : [type])
        modes.set(`${host} ${each}`, mode);
    },
    place: (host, place) => void zone.set(host, place),
    reset: () => {
      modes.clear();
      zone.clear();
      for (const [host, place] of Object.entries(PLACES)) zone.set(host, place);
    },
    close: async () => {
      const closed = sockets.map((socket) => once(socket, "close"));
      for (const socket of sockets) socket.close();
      await Promise.all(closed);
    },
  };
}

async function listen(
  address: string,
  port: number,
  hear: (socket: Socket, message: Buffer, from: RemoteInfo) => void,
): Promise<Socket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (message, from) => hear(socket, message, from));
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

function portOf([first]: readonly Socket[]): number {
  return first?.address().port ?? 0;
}

function answer(
  question: packet.Question,
  host: string,
  mode: DnsMode,
  place: Place | undefined,
): packet.Packet {
  const codes: Partial<Record<DnsMode, number>> = { nxdomain: NXDOMAIN, servfail: SERVFAIL };
  const code = codes[mode] ?? (place === undefined ? NXDOMAIN : 0);
  const known: readonly string[] =
    question.type === "AAAA" ? (place?.aaaa ?? []) : (place?.a ?? []);
  const asked = question.type === "A" || question.type === "AAAA";
  const addresses = code === 0 && mode === "answer" && asked ? known : [];
  return {
    type: "response",
    flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | code,
    questions: [question],
    answers: addresses.map((data) => ({
      type: question.type === "AAAA" ? "AAAA" : "A",
      name: host,
      ttl: 60,
      data,
    })),
  };
}
