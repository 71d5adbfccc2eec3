// A name's addresses as Go's own resolver finds them: A and AAAA at once over UDP, each tried twice;
// one of the two is enough, but both are waited for (golang/go src/net/dnsclient_unix.go).
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import * as packet from "dns-packet";
import type { Dialer } from "../dialer.ts";
import { hostOf, hostPort, syscallText } from "./words.ts";

export type Resolver = {
  readonly address: string;
  readonly port: number;
  /** What errors call it: an address and a port. */
  readonly shownAs: string;
  /** For one try, in milliseconds: 5,000 in Go. */
  readonly tryMs: number;
};
type Found =
  | { readonly ok: true; readonly addresses: readonly string[] }
  /** `lookup HOST on SERVER: no such host`. */
  | { readonly ok: false; readonly text: string };

const TRIES = 2;
const NO_SUCH_HOST = "no such host";

/** `end`: the dial's own deadline, which counts for the lookup as well. */
export async function lookup(
  host: string,
  resolver: Resolver,
  dialer: Dialer,
  end: AbortSignal,
): Promise<Found> {
  const addresses: string[] = [];
  let text = "";
  const ask = async (type: "A" | "AAAA"): Promise<void> => {
    const answer = await askTwice(host, type, { resolver, dialer, end });
    if (typeof answer === "string") text = answer; // The later error is the one that is told.
    else addresses.push(...answer);
  };
  await Promise.all([ask("A"), ask("AAAA")]);
  if (addresses.length > 0) return { ok: true, addresses };
  if (end.aborted) return { ok: false, text: `lookup ${host}: i/o timeout` };
  return { ok: false, text: `lookup ${host} on ${resolver.shownAs}: ${text}` };
}

type Way = { readonly resolver: Resolver; readonly dialer: Dialer; readonly end: AbortSignal };

/** Addresses, or why there are none. */
async function askTwice(host: string, type: "A" | "AAAA", way: Way): Promise<string[] | string> {
  let last: string[] | string = "";
  for (let tries = 0; tries < TRIES && !way.end.aborted; tries += 1) {
    last = await askOnce(host, type, way);
    if (typeof last !== "string" || last === NO_SUCH_HOST) return last;
  }
  return last;
}

async function askOnce(
  name: string,
  type: "A" | "AAAA",
  { resolver, dialer, end }: Way,
): Promise<string[] | string> {
  const { address, port, shownAs } = resolver;
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  const id = Math.floor(Math.random() * 65_536);
  let link = "";
  try {
    const connected = once(socket, "connect", { signal: end });
    socket.connect(port, address);
    await connected;
    const from = (await dialer.source(hostOf(shownAs))) ?? socket.address().address;
    link = `read udp ${hostPort(from, socket.address().port)}->${shownAs}: `;
    const signal = AbortSignal.any([end, AbortSignal.timeout(resolver.tryMs)]);
    const heard = answerTo(id);
    socket.on("message", heard.hear);
    socket.on("error", heard.fail);
    signal.addEventListener("abort", () => heard.fail(null), { once: true });
    const questions = [{ type, name }];
    socket.send(packet.encode({ type: "query", id, flags: packet.RECURSION_DESIRED, questions }));
    return addressesOf(await heard.answer, type);
  } catch (error) {
    return `${link}${error instanceof Error ? syscallText("read", error) : "i/o timeout"}`;
  } finally {
    socket.close();
  }
}

/** The first answer to this very question; rejects with null when the time is over. */
function answerTo(id: number): {
  readonly answer: Promise<packet.DecodedPacket>;
  readonly hear: (message: Buffer) => void;
  readonly fail: (error: Error | null) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<packet.DecodedPacket>();
  return {
    answer: promise,
    hear: (message) => {
      const decoded = packet.decode(message);
      if (decoded.id === id && decoded.type === "response") resolve(decoded);
    },
    fail: reject,
  };
}

function addressesOf(
  { answers = [], rcode, ...rest }: packet.DecodedPacket & { readonly rcode?: string },
  type: "A" | "AAAA",
): string[] | string {
  const code = rcode ?? String((rest.flags ?? 0) & 15);
  if (code === "NXDOMAIN") return NO_SUCH_HOST;
  if (code !== "NOERROR") return "server misbehaving";
  const found = answers.flatMap((answer) =>
    (answer.type === "A" || answer.type === "AAAA") && answer.type === type ? [answer.data] : [],
  );
  return found.length === 0 ? NO_SUCH_HOST : found;
}
