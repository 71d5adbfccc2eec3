// Which addresses may be dialled for which host: asked of the very address that is dialled, right
// before, because a name may lead elsewhere than it did a moment ago.
import { networkInterfaces } from "node:os";
import { pause } from "../sockets/limit.ts";
import type { Dialer } from "./dialer.ts";
import { lookupBoth, type Resolving } from "./dns.ts";
import { insideAs, liesIn } from "./inside.ts";
import type { LifelineTarget } from "./lifelines.ts";

export type Guard = {
  /** Hosts that the settings, or a person at this console, name: dialled wherever they are. */
  readonly ownHosts: readonly string[];
  /** Networks inside the site that hold registries (CIDR). */
  readonly privateNetworks: readonly string[];
  /** Where the API server and the router are, which may be at addresses of the Internet. */
  readonly keptFrom: () => Promise<readonly Place[]>;
};
type Place = {
  readonly what: string;
  readonly host: string;
  readonly addresses: readonly string[];
};

/** A dialer for one host; it rejects, and sends nothing, where the address is inside the site. */
export function dialerTowards(host: string, dialer: Dialer, guard: Guard): Dialer {
  if (guard.ownHosts.includes(host.toLowerCase())) return dialer;
  return {
    source: (address) => dialer.source(address),
    connect: async (to, signal) => {
      const { address } = to;
      const why = liesIn(address, guard.privateNetworks)
        ? null
        : (insideAt(address) ?? clusterName(host) ?? placeAt(address, await guard.keptFrom()));
      if (why !== null)
        throw new Error(
          `not dialled: ${address} is ${why}; if a registry is there, name its network in PRIVATE_REGISTRIES`,
        );
      return dialer.connect(to, signal);
    },
  };
}

function insideAt(address: string): string | null {
  const kind = insideAs(address);
  return kind === null ? null : `inside the site (${kind})`;
}

/** A service may have an address of the Internet too. */
function clusterName(host: string): string | null {
  const name = host.toLowerCase().replace(/\.$/, "");
  return /\.(svc|cluster\.local)$/.test(name) ? "a service of the cluster" : null;
}

function placeAt(address: string, places: readonly Place[]): string | null {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  if (own.some((one) => isSame(one.address, address))) return "this node's own address";
  const at = places.find(({ addresses }) => addresses.some((one) => isSame(one, address)));
  return at === undefined ? null : `the ${at.what}`;
}

function isSame(one: string, other: string): boolean {
  return liesIn(one, [`${other}/${other.includes(":") ? 128 : 32}`]);
}

/** Names of places are looked up again after so long. */
const KNOWN_FOR_MS = 60_000;
/** A try at a registry does not wait longer for them: its own time runs. */
const WAIT_MS = 500;

/** The addresses of these places, looked up once a minute; those not known in time are left out. */
export function placesOf(
  targets: readonly LifelineTarget[],
  resolving: Resolving,
): Guard["keptFrom"] {
  let askedAt = Number.NEGATIVE_INFINITY;
  let found: Place[] = [];
  let asking: Promise<unknown> = Promise.resolve();
  const ask = async ({ what, host }: LifelineTarget): Promise<void> => {
    const { v4, v6 } = await lookupBoth({ host, role: "control" }, resolving);
    const addresses = [...v4.addresses, ...v6.addresses];
    if (addresses.length === 0) return; // What was known stays known.
    found = [...found.filter((place) => place.host !== host), { what, host, addresses }];
  };
  return async () => {
    if (performance.now() - askedAt > KNOWN_FOR_MS) {
      askedAt = performance.now();
      asking = Promise.all(targets.map(ask));
    }
    await Promise.race([asking, pause(WAIT_MS)]);
    return found;
  };
}
