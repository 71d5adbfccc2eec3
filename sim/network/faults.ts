// What can be wrong with the simulated path, and for whom.
import ipaddr from "ipaddr.js";

export type Fault = {
  /** An address or a prefix; the prefix of all of IPv6 is `::/0`, of all of IPv4 `0.0.0.0/0`. */
  readonly to: string;
  readonly kind:
    | "tcp-drop"
    | "tcp-refuse"
    | "unreachable"
    /** TCP comes up, then nothing passes. */
    | "tls-stall"
    /** Every second connection to an address stalls, the first one included. */
    | "stall-half"
    /** A first flight larger than what fits `mtu` is lost: a path that loses large packets. */
    | "large-hello-stall"
    /** TCP and TLS are fine, the request is lost: what comes after the handshake stalls. */
    | "http-stall"
    /** A reset when the first bytes arrive. */
    | "reset"
    | "wrong-certificate"
    | "slow";
  /** For `slow`: how long each step takes longer. */
  readonly ms?: number;
  /** For `large-hello-stall`: the largest packet that passes; left out: 1,000 bytes, which no clamp reaches. */
  readonly mtu?: number;
};

export type Faults = {
  /** Adds a fault for connections from now on; the returned function takes it back. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The newest fault for an address, as it counts for this connection. */
  of(address: string): Fault | null;
};

export function faultList(): Faults {
  let faults: { readonly fault: Fault; readonly seen: Map<string, number> }[] = [];
  return {
    add: (fault) => {
      const entry = { fault, seen: new Map<string, number>() };
      faults = [entry, ...faults];
      return () => {
        faults = faults.filter((other) => other !== entry);
      };
    },
    clear: () => {
      faults = [];
    },
    of: (address) => {
      const found = faults.find(({ fault }) => covers(fault.to, address));
      if (found === undefined) return null;
      const seen = (found.seen.get(address) ?? 0) + 1;
      found.seen.set(address, seen);
      return found.fault.kind === "stall-half" && seen % 2 === 0 ? null : found.fault;
    },
  };
}

/** Whether an address lies in a prefix (or is that very address). */
export function covers(to: string, address: string): boolean {
  const at = ipaddr.parse(address);
  const [network, length] = ipaddr.parseCIDR(
    to.includes("/") ? to : `${to}/${to.includes(":") ? 128 : 32}`,
  );
  return at.kind() === network.kind() && at.match(network, length);
}
