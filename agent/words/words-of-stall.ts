// What a person reads where TLS stalls after TCP on this site's own link: which packets are lost, and
// how to clamp the MSS on the router. Pure.
import type { Family, Round } from "../../src/protocol/round.ts";
import { clampAsConsole } from "../../src/shown/clamp-as-console.ts";
import { hostFamily } from "../diagnosis/family-state.ts";
import { familiesThatLose } from "../diagnosis/large-packets.ts";
import type { AtHost, Words } from "./words.ts";

/** How to find the largest packet that passes; 28 and 48 bytes of headers come on top. */
const MEASURES: Readonly<Record<Family, string>> = {
  v4: "ping -4 -M do -s 1472",
  v6: "ping -6 -M do -s 1452",
};
const HEADERS: Readonly<Record<Family, number>> = { v4: 28, v6: 48 };
const TCP_HEADERS: Readonly<Record<Family, number>> = { v4: 40, v6: 60 };
const NAMES: Readonly<Record<Family, string>> = { v4: "IPv4", v6: "IPv6" };

const TUNNELS =
  "Tunnels make the room smaller: look at PPPoE on the uplink, WireGuard, VXLAN of the cluster's network, and a VPN on the node; give them a lower MTU, or clamp for them too.";

/** The lines that clamp the MSS, how to find a better number, and where tunnels hide. */
export function clampAdvice(families: readonly Family[]): string {
  const lines = families.map(clampAsConsole).join(" and ");
  const finds = families.map(
    (family) =>
      `${MEASURES[family]} HOST (lower the number until it answers; that plus ${HEADERS[family]} is the MTU, less ${TCP_HEADERS[family]} the MSS for ${NAMES[family]})`,
  );
  return `Clamp the MSS on the router: ${lines} These numbers pass any link; find yours with ${finds.join(" and ")}. If the router's own link is the narrow one, new-mss=clamp-to-pmtu without tcp-mss does it. ${TUNNELS}`;
}

/** `path-mtu`: over which families large packets are lost. */
export function wordsOfMtu(host: string, round: Round | null, stopGap: string): Words {
  const families = lossy(round, host);
  const over = families.map((family) => NAMES[family]).join(" and ");
  const v4Fails = families.includes("v4");
  const v6Works = round !== null && hostFamily(round, host, "v6").state === "ok";
  const after = v4Fails
    ? `${v6Works ? "IPv6 works: never block it meanwhile. " : ""}No rule that rejects IPv6 can help.`
    : stopGap;
  return {
    sentence: `${host}: over ${over} a large ClientHello is lost and a small one gets through: the path loses large packets.`,
    advice: `${clampAdvice(families)} ${after}`.trim(),
  };
}

/** The verdict says that there is one. */
function lossy(round: Round | null, host: string): readonly Family[] {
  const families = round === null ? [] : familiesThatLose(round, host);
  return families.length === 0 ? ["v6"] : families;
}

/** The verdicts about TLS that ends nowhere, or not at one host; null for others. */
export function wordsOfStall({ name, host }: AtHost, round: Round | null): Words | null {
  const families = round === null ? [] : stalling(round, host);
  const over = families.map((family) => NAMES[family]).join(" and ") || "IPv4";
  switch (name) {
    case "stall-everywhere":
      return {
        sentence: `TCP connects to ${host} over ${over}, but TLS completes nowhere, there or at any other host: the link is up and loses or cuts what comes after.${oneSmallPacket(round)}`,
        advice: `Most often large packets towards this site are lost (MTU, MSS), else a filter or a tunnel cuts TLS. ${clampAdvice(families.length === 0 ? ["v4", "v6"] : families)} If that changes nothing, look for a filter on the way that inspects TLS.`,
      };
    case "registry-stalls":
      return {
        sentence: `${host}: over ${over} TCP connects in every try and TLS never completes; TLS to other hosts works or was not tried.`,
        advice:
          "The host takes connections, so it is there: something between it and this site, or the host itself, drops TLS. The pods retry by themselves; if it lasts, try from another network to tell which, and use a mirror until then.",
      };
    default:
      return null;
  }
}

function stalling(round: Round, host: string): Family[] {
  return (["v4", "v6"] as const).filter(
    (family) => hostFamily(round, host, family).state === "post",
  );
}

/** What the plain request showed where TLS stalls everywhere. */
function oneSmallPacket(round: Round | null): string {
  const plain = round?.plainHttp ?? [];
  const said = plain.map(({ family, host, reached }) =>
    reached === "http"
      ? `over ${NAMES[family]} a small answer of http://${host}/ came back, so small packets pass both ways`
      : `over ${NAMES[family]} not even a small answer of http://${host}/ came back`,
  );
  return said.length === 0 ? "" : ` Port 80: ${said.join("; ")}.`;
}
