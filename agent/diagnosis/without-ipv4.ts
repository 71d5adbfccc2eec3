// Rows 8 to 11: IPv4 does not answer every try, so nothing may ever push clients to it. TCP that
// connects is no outage, whatever becomes of TLS. Pure.
import { hostFamily, type HostFamily } from "./family-state.ts";
import { largePacketsTo, type LargePackets } from "./large-packets.ts";
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
  const large = [v4, v6].map((family) => largePackets(question, family));
  if (large.includes("lost")) return "path-mtu";
  if (large.includes("late")) return "inconclusive";
  if (v4.state === "none") return "no-ipv4";
  if (v6.state === "ok") return "ipv4-down";
  if (v4.readings.every(({ outcome }) => outcome === "certificate")) return "tls-certificate";
  if (v4.state === "post" && ["none", "pre", "post"].includes(v6.state))
    return tlsWorksElsewhere(question) === false ? "stall-everywhere" : "registry-stalls";
  return nothingConnects(question) ? "site-offline" : "registry-unreachable";
}

/** Whether TLS stalls with a ClientHello of usual size and gets through with a small one. */
function largePackets({ host, siblings, round }: Question, found: HostFamily): LargePackets {
  const family = found.lookup?.family;
  if (family === undefined || !stalls(found)) return "unknown";
  const stalling = [host, ...siblings].filter((each) => stalls(hostFamily(round, each, family)));
  return largePacketsTo(stalling, round, family);
}

function stalls({ state, readings }: HostFamily): boolean {
  return (
    state === "post" &&
    readings.every(({ outcome }) => outcome === "timeout" || outcome === "unknown")
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
