// The hosts of the simulated Internet and where they are: Docker Hub inside 2600:1f18::/32, its
// blob host and the IPv6 controls on other networks, ghcr.io without IPv6 as in the real world.

export type Place = { readonly a: readonly string[]; readonly aaaa: readonly string[] };

export const PLACES: Readonly<Record<string, Place>> = {
  "registry-1.docker.io": {
    a: ["203.0.113.10"],
    aaaa: ["2600:1f18:2148:bc00::10", "2600:1f18:2148:bc01::10"],
  },
  "auth.docker.io": { a: ["203.0.113.20"], aaaa: ["2600:1f18:2148:bc02::20"] },
  "production.cloudflare.docker.com": { a: ["203.0.113.30"], aaaa: ["2606:4700::6810:30"] },
  "ghcr.io": { a: ["203.0.113.40"], aaaa: [] },
  "registry.k8s.io": { a: ["203.0.113.50"], aaaa: ["2600:1901:0:1013::50"] },
  "one.one.one.one": { a: ["203.0.113.60"], aaaa: ["2606:4700:4700::1111"] },
};

/** The simulated node's own addresses and its resolver, as texts of errors show them. */
export const NODE_SOURCES = { v4: "10.10.0.2", v6: "2001:db8:10::2" };
export const RESOLVER = "203.0.113.53:53";

/** The host behind an address of the simulated Internet; null if nothing is there. */
export function hostAt(address: string): string | null {
  for (const [host, { a, aaaa }] of Object.entries(PLACES))
    if (a.includes(address) || aaaa.includes(address)) return host;
  return null;
}
