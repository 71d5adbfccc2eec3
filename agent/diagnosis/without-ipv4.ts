// Rows 8 to 11: IPv4 does not answer every try, so nothing may ever push clients to it. TCP that
// connects is no outage, whatever becomes of TLS. Pure.
import type { Family, Round } from "../../src/protocol/round.ts";
import { hostFamily, type HostFamily } from "./family-state.ts";
import type { Question } from "./question.ts";
import type { ProbedVerdict } from "./verdicts.ts";

/** The verdict where IPv4 fails; null where it answers. */
export function withoutIpv4(
  question: Question,
  v4: HostFamily,
  v6: HostFamily,
): ProbedVerdict | null {
  if (v4.state === "ok") return null;
  if (v4.state === "none" && v6.state === "ok") return "healthy-now";
  if (v4.state === "http") return v6.state === "ok" ? "ipv4-down" : "registry-down";
  if ([v4, v6].some((family) => losesLargePackets(question, family))) return "path-mtu";
  if (v4.state === "none") return "no-ipv4";
  if (v6.state === "ok") return "ipv4-down";
  if (v4.readings.every(({ outcome }) => outcome === "certificate")) return "tls-certificate";
  if (v4.state === "post" && ["none", "pre", "post"].includes(v6.state))
    return tlsWorksElsewhere(question) === false ? "stall-everywhere" : "registry-stalls";
  return nothingConnects(question) ? "site-offline" : "registry-unreachable";
}

/** TLS stalls with a ClientHello of usual size, and gets through with a small one. */
function losesLargePackets({ host, siblings, round }: Question, found: HostFamily): boolean {
  const family = found.lookup?.family;
  if (family === undefined || !stalls(found)) return false;
  return [host, ...siblings].some(
    (each) => stalls(hostFamily(round, each, family)) && smallHelloWorks(round, each, family),
  );
}

function stalls({ state, readings }: HostFamily): boolean {
  return (
    state === "post" &&
    readings.every(({ outcome }) => outcome === "timeout" || outcome === "unknown")
  );
}

/** True if at any address of the host TLS came up with a ClientHello that fits any packet. */
export function smallHelloWorks(round: Round, host: string | undefined, family: Family): boolean {
  return round.smallHello.some(
    (reading) =>
      reading.host === host &&
      reading.family === family &&
      (reading.reached === "tls" || reading.reached === "http"),
  );
}

/** Over IPv4, at any other host that was reached out to; null if there is none. */
function tlsWorksElsewhere({ host, round }: Question): boolean | null {
  const others = round.readings.filter(
    (reading) => reading.family === "v4" && reading.host !== host && reading.outcome !== "no-route",
  );
  if (others.length === 0) return null;
  return others.some(({ reached }) => reached === "tls" || reached === "http");
}

/** Neither this host nor any control accepts a connection, and a control was measured. */
function nothingConnects({ host, round, policy }: Question): boolean {
  const controls = [...policy.ipv6Controls, policy.ipv4Control];
  const tried = round.readings.filter(({ outcome }) => outcome !== "no-route");
  return (
    tried.some((reading) => reading.host !== host && controls.includes(reading.host)) &&
    tried
      .filter((reading) => reading.host === host || controls.includes(reading.host))
      .every(({ reached }) => reached === "nothing")
  );
}
