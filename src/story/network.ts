// What else lies in the network that a rule blocks, as far as it was measured. Pure.
import type { Report } from "../protocol/report.ts";

/** Docker Hub's registry and token host live in it, beside much else (docs/safety.md). */
const AWS_US_EAST_1 = "2600:1f18::/32";

/** True if the IPv6 address lies in the network (`2600:1f18::/32`); text that is none lies nowhere. */
export function liesIn(network: string, address: string): boolean {
  const [base = "", length = ""] = network.split("/");
  const [outer, inner] = [bitsOf(base), bitsOf(address)];
  const bits = Number(length);
  if (outer === null || inner === null || !/^\d{1,3}$/.test(length)) return false;
  return outer.slice(0, bits) === inner.slice(0, bits);
}

/** The 128 bits as text; null for what is no IPv6 address. */
function bitsOf(address: string): string | null {
  const [head = "", tail, ...more] = address.toLowerCase().split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return null;
  const all = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  return all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}

/** Hosts of the last round with an IPv6 address in there. */
function hostsIn(network: string, { rounds }: Pick<Report, "rounds">): string[] {
  const lookups = rounds.at(-1)?.lookups ?? [];
  const inside = lookups.filter(
    ({ family, addresses }) => family === "v6" && addresses.some((one) => liesIn(network, one)),
  );
  return [...new Set(inside.map(({ host }) => host))];
}

/** Who is hit besides the plan's own hosts, in one sentence. */
export function whoElse(network: string, report: Pick<Report, "rounds" | "plan">): string {
  const own = report.plan?.hosts ?? [];
  const hosts = hostsIn(network, report).filter((host) => !own.includes(host));
  const whose = liesIn(AWS_US_EAST_1, network.split("/")[0] ?? "")
    ? "That network is AWS us-east-1: more than Docker Hub is in it."
    : "That network may hold more than this registry.";
  const measured = hosts.length === 0 ? "" : ` Measured in it too: ${hosts.join(", ")}.`;
  return `${whose}${measured} For everybody behind this router, HTTPS to all of it moves to IPv4; what has no IPv4 becomes unreachable.`;
}
