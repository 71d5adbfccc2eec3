// Where a host is reached nowhere, or only a stranger's certificate comes back: what another resolver
// says of its name. Asked over HTTPS, so that what sits on the site's DNS can't answer for it.
import net from "node:net";
import * as z from "zod";
import type { Family, Reading, SecondOpinion } from "../../src/protocol/round.ts";
import { attempt, HTTPS_PORT } from "./attempt.ts";
import { lookupBoth } from "./dns.ts";
import { parseJson } from "../basics/json.ts";
import { askAt, type Ask } from "./exchange.ts";
import { insideAs } from "./inside.ts";
import type { TimedPath } from "./node-path.ts";

/** The answer in JSON as Cloudflare's and Google's resolvers give it. An unsized text, so bounded. */
const MOST_BYTES = 16_384;
const Said = z
  .string()
  .transform((text) => parseJson(text))
  .pipe(
    z.object({
      Status: z.literal(0),
      Answer: z.array(z.object({ data: z.string().max(255) })).max(100),
    }),
  );
const TYPES = { v4: "A", v6: "AAAA" } as const;

/** Each host costs two questions; a poisoned resolver shows at the first. */
const MOST_HOSTS = 3;
const MOST_ADDRESSES = 8;

/** One opinion a host and family, of hosts that failed while another answered; never rejects. */
export async function secondOpinions(
  readings: readonly Reading[],
  path: TimedPath,
): Promise<SecondOpinion[]> {
  const url = path.secondResolver;
  if (url === null || !readings.some(isAnswer)) return [];
  const asked = [...new Set(readings.map(({ host }) => host))]
    .map((host) => readings.filter((reading) => reading.host === host))
    .filter((own) => own.every(isLedAstray) && own.some(({ outcome }) => outcome !== "no-route"))
    // A name with an address of the site is the site's own, and no outsider's to hear.
    .filter((own) => own.every(({ address }) => insideAs(address) === null))
    .slice(0, MOST_HOSTS)
    .flatMap((own) => own.slice(0, 1));
  const families: readonly Family[] = ["v4", "v6"];
  const opinions = asked.flatMap((one) =>
    families.map((family) => opinionOn({ ...one, family }, new URL(url), path)),
  );
  return (await Promise.all(opinions)).filter((one) => one !== null);
}

function isAnswer({ reached }: Reading): boolean {
  return reached === "tls" || reached === "http";
}

function isLedAstray({ reached, outcome }: Reading): boolean {
  return (reached === "nothing" && outcome !== "failed") || outcome === "certificate";
}

async function opinionOn(
  { host, role, family }: Pick<Reading, "host" | "role" | "family">,
  url: URL,
  path: TimedPath,
): Promise<SecondOpinion | null> {
  url.searchParams.set("name", host);
  url.searchParams.set("type", TYPES[family]);
  const said = Said.safeParse(await ask(url, path));
  if (!said.success) return null;
  const isOfFamily = family === "v4" ? net.isIPv4 : net.isIPv6;
  const all = said.data.Answer.map(({ data }) => data).filter((data) => isOfFamily(data));
  const addresses = all.slice(0, MOST_ADDRESSES);
  const [address] = addresses;
  if (address === undefined) return null;
  const there = await attempt({ host, role, family, address, try: 1 }, path);
  return { host, family, from: url.hostname, addresses, answers: isAnswer(there) };
}

/** The body of a good answer over either family; empty for anything else. */
async function ask(url: URL, path: TimedPath): Promise<string> {
  const { hostname: host } = url;
  const { v4, v6 } = await lookupBoth({ host, role: "control" }, path.resolving, path.end);
  for (const address of [v4, v6].flatMap(({ addresses }) => addresses.slice(0, 1))) {
    const to = { address, port: Number(url.port) || HTTPS_PORT };
    const asked = await askAt(to, get(url), path);
    if (asked.kind === "done" && asked.value.status === 200)
      return asked.value.body.toString("utf8");
  }
  return "";
}

function get({ host, pathname, search }: URL): Ask {
  const headers = { accept: "application/dns-json" };
  return { method: "GET", host, path: `${pathname}${search}`, headers, maxBytes: MOST_BYTES };
}
