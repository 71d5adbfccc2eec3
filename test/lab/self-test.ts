// What a lab must hold to before its measurements mean anything.
import { addressesOf, type Place } from "./addresses.ts";
import { lookout } from "./lookout.ts";
import type { Lab } from "./open-lab.ts";

export type SelfTest = {
  /** GET /v2/ at the hub over each family, with no fault. */
  readonly v4: number | null;
  readonly v6: number | null;
  /** One IPv6 connect to an address that the router rejects (icmpv6 addr-unreachable). */
  readonly rejected: { readonly end: string; readonly ms: number };
  /** Every network interface that the places have: no other way leads out. */
  readonly links: Readonly<Record<Place, readonly string[]>>;
};

const [HUB_V4 = ""] = addressesOf(["registry-1.docker.io"], "v4");
const [HUB_V6 = ""] = addressesOf(["registry-1.docker.io"], "v6");

/** Looks at a lab without faults, about a fifth of a second; leaves it as it was. */
export async function selfTest(lab: Lab): Promise<SelfTest> {
  const node = await lookout(lab);
  const v4 = await node.reach("registry-1.docker.io", HUB_V4);
  const v6 = await node.reach("registry-1.docker.io", HUB_V6);
  await rejectHub(lab);
  const { tcp, ms } = await node.reach("registry-1.docker.io", HUB_V6);
  await lab.run("rtr", ["nft", "delete", "table", "ip6", "selftest"]);
  await node.stop();
  return {
    v4: v4.http,
    v6: v6.http,
    rejected: { end: tcp, ms: ms.tcp },
    links: await linksOf(lab),
  };
}

async function linksOf(lab: Lab): Promise<SelfTest["links"]> {
  const at = async (place: Place): Promise<readonly string[]> => {
    const said = await lab.run(place, ["ip", "-json", "link", "show"]);
    return (JSON.parse(said) as { readonly ifname: string }[]).map(({ ifname }) => ifname).sort();
  };
  return { node: await at("node"), rtr: await at("rtr"), inet: await at("inet") };
}

/** The rule that a router of this product gets, in a table of its own: `ip6 selftest`. */
export async function rejectHub(lab: Lab): Promise<void> {
  const statements = [
    "add table ip6 selftest",
    "add chain ip6 selftest forward { type filter hook forward priority -10; policy accept; }",
    "add rule ip6 selftest forward ip6 daddr 2600:1f18::/32 tcp dport 443 counter reject with icmpv6 type addr-unreachable",
  ];
  for (const statement of statements) await lab.run("rtr", ["nft", statement]);
}
