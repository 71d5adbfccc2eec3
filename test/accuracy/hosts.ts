// What pull errors are about: hosts, images, peers. Every name holds words and numbers that would be
// a cause if the software itself had said them.
import type { Classified } from "../../agent/classify/classified.ts";

type Family = Classified["family"];

/** A host as it stands in a URL, as the classifier must name it, and the family of a literal. */
export type Host = { readonly inUrl: string; readonly named: string; readonly family: Family };

export const HOSTS: readonly Host[] = [
  { inUrl: "registry-1.docker.io", named: "registry-1.docker.io", family: "none" },
  { inUrl: "Reg-503.example.org:443", named: "reg-503.example.org", family: "none" },
  { inUrl: "denied.eof.example.org:5000", named: "denied.eof.example.org:5000", family: "none" },
  { inUrl: "192.0.2.40:5000", named: "192.0.2.40:5000", family: "v4" },
  { inUrl: "[2001:db8::401]:8443", named: "[2001:db8::401]:8443", family: "v6" },
];

const DIGEST = `sha256:${"401429503404".repeat(5)}aaaa`;

export const IMAGES: readonly string[] = [
  "docker.io/library/redis:429",
  "registry.k8s.io/unauthorized/denied:503",
  `quay.io/x509/toomanyrequests@${DIGEST}`,
  "[2001:db8::5]:5000/eof/manifest-unknown:404",
];

/** The remote ends of connections, with the family they must be read as. */
export const PEERS = [
  { address: "198.51.100.7:443", named: "198.51.100.7", family: "v4" },
  { address: "[2600:1f18:2148:bc00::7]:443", named: "[2600:1f18:2148:bc00::7]", family: "v6" },
] as const;

/** Where names were looked up, as net.DNSError prints it. */
export const RESOLVERS = [
  { on: " on 10.0.0.1:53", socket: "10.0.0.9:40111->10.0.0.1:53", family: "v4" },
  {
    on: " on [2001:db8::53]:53",
    socket: "[2001:db8::9]:40111->[2001:db8::53]:53",
    family: "v6",
  },
] as const;
