// TCP over IPv6 comes up, what follows is lost, late, cut, or said by somebody else.
import {
  addressesOf,
  CONTROL_HOSTS,
  DEAD_V4,
  HUB_HOSTS,
  HUB_PREFIX,
  INSIDE_ADDRESS,
  OTHER_REGISTRY,
  OUTSIDE_ADDRESS,
} from "../addresses.ts";
import { clientDataLost, nftSet, rule, serverDataLost, tlsStalls, type Fault } from "./fault.ts";

const hub = tlsStalls(HUB_PREFIX);
const blobHost = tlsStalls("2606:4700::/32");
const controls = nftSet(addressesOf(CONTROL_HOSTS, "v6"));

/** Of the connections to each address of the hub, the first, third, fifth … stall from end to end. */
const everySecond = [
  ...addressesOf(HUB_HOSTS, "v6").map((address) =>
    rule(
      `ip6 daddr ${address} tcp dport 443 tcp flags & (syn|ack) == syn ct mark 0 ct mark set numgen inc mod 2 offset 1`,
    ),
  ),
  rule("ct mark 1 tcp dport 443 meta length > 100 drop"),
  rule("ct mark 1 tcp sport 443 meta length > 100 drop"),
];

/** Docker Hub alone: another registry inside its prefix is well over IPv6. */
const hubAlone = tlsStalls(nftSet(addressesOf(HUB_HOSTS, "v6")));

/** Of the connections to the registry over IPv4, the third, sixth, ninth … stall. */
const everyThirdOverIpv4 = [
  rule(
    `ip daddr ${nftSet(addressesOf(["registry-1.docker.io"], "v4"))} tcp dport 443 tcp flags & (syn|ack) == syn ct mark 0 ct mark set numgen inc mod 3 offset 1`,
  ),
  rule("ct mark 3 tcp dport 443 meta length > 100 drop"),
  rule("ct mark 3 tcp sport 443 meta length > 100 drop"),
];

export const TLS_STALLS = {
  /** The classic: Docker Hub's TLS stalls over IPv6. */
  a1: { nft: hub },
  /** Only what the server says is lost. */
  a1s: { nft: serverDataLost(HUB_PREFIX) },
  /** TLS stalls at every host over IPv6. */
  a1all: { nft: [...clientDataLost("::/0"), ...serverDataLost("::/0")] },
  /** a1, and no TCP over IPv6 to the controls. */
  "a1-controls-dead": { nft: [...hub, rule(`ip6 daddr ${controls} tcp dport 443 drop`)] },
  /** The token host alone. */
  "a1-token": { nft: tlsStalls(nftSet(addressesOf(["auth.docker.io"], "v6"))) },
  /** The blob host alone (and a control: it is in the same network). */
  k: { nft: blobHost },
  a1k: { nft: [...hub, ...blobHost] },
  half: { nft: everySecond },
  "a1-v4-third": { nft: [...hub, ...everyThirdOverIpv4] },
  /** Stalls for twenty seconds, is well for twenty, by the clock. */
  toggles: { pulse: { everyMs: 20_000, nft: hub } },
  /** Beside Docker Hub's stall there is another registry inside its prefix, without IPv4. */
  "a1-other-v6": {
    nft: hubAlone,
    steering: { zone: { [OTHER_REGISTRY]: { a: [], aaaa: [INSIDE_ADDRESS] } } },
  },
  /** The same, with an IPv4 address that leads nowhere. */
  "a1-other-v4-dead": {
    nft: hubAlone,
    steering: { zone: { [OTHER_REGISTRY]: { a: [DEAD_V4], aaaa: [INSIDE_ADDRESS] } } },
  },
  /** The registry has one IPv6 address, outside the hub's prefix, and it stalls. */
  outside: {
    nft: tlsStalls(OUTSIDE_ADDRESS),
    steering: {
      zone: {
        "registry-1.docker.io": {
          a: addressesOf(["registry-1.docker.io"], "v4"),
          aaaa: [OUTSIDE_ADDRESS],
        },
      },
    },
  },
  /** A reset as soon as the client has spoken. */
  c2: {
    nft: [rule(`ip6 daddr ${HUB_PREFIX} tcp dport 443 meta length > 100 reject with tcp reset`)],
  },
  /** Slow, inside the limits of all clients. */
  g1: { steering: { slowOverIpv6: { hosts: HUB_HOSTS, ms: 3_000 } } },
  /** Slower than containerd waits (10 s). */
  g1b: { steering: { slowOverIpv6: { hosts: HUB_HOSTS, ms: 12_000 } } },
  h: { steering: { wrongCertificate: { hosts: HUB_HOSTS, families: ["v6"] } } },
} as const satisfies Record<string, Fault>;
