// How a simulated router is started.
import type { TlsVariant } from "./certificate.ts";
import type { Dataplane } from "./dataplane.ts";
import type { Answer, RestRequest } from "./rest-request.ts";
import type { Fields } from "./rule-table.ts";
import type { Switches } from "./switches.ts";
import type { Policy } from "./users.ts";

export type RouterOsOptions = {
  readonly user: string;
  readonly password: string;
  /** What the user's group may do; left out: what the agent needs and no more. */
  readonly policies?: readonly Policy[];
  readonly port?: number;
  /** The address to listen on, 127.0.0.1 if left out. */
  readonly host?: string;
  /** What carries the packets that the table decides about; loaded before each reply. */
  readonly dataplane?: Dataplane;
  /** The rows the table starts with; their ids are `*1`, `*2`, … */
  readonly rules?: readonly Fields[];
  /** The narrowest link that the router itself has, 1,500 bytes if left out: `clamp-to-pmtu` goes by it. */
  readonly linkMtu?: number;
  /** Puts the FastTrack row first. */
  readonly dynamicFirstRow?: boolean;
  readonly switches?: Partial<Switches>;
  readonly version?: string;
  /** What it calls itself, `sim` if left out. */
  readonly identity?: string;
  /** The board's; null: a CHR, which has none. */
  readonly serial?: string | null;
  /** /ipv6/settings; null where the IPv6 package's menus are missing. */
  readonly ipv6?: { readonly disabled: boolean; readonly forward: boolean } | null;
  /** Name or address in the certificate. */
  readonly certificateFor?: string;
  readonly tls?: TlsVariant;
  /** The youngest version of TLS that is spoken; RouterOS stops at 1.2. */
  readonly tlsVersion?: "TLSv1.2" | "TLSv1.3";
  /** Plain HTTP in place of HTTPS. */
  readonly plainHttp?: boolean;
  /** How long a failed login takes; 125 ms on an idle router. */
  readonly loginDelayMs?: number;
  /** The router's own limit for a request, 60 s. */
  readonly requestLimitMs?: number;
  /** What each row adds to the time that listing the table takes; 0.9 ms on a small router. */
  readonly msPerRow?: number;
  /** What its own DNS answers at first: IPv6 addresses by name. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** The router's clock, ms; the computer's if left out. */
  readonly now?: () => number;
  readonly between?: Between;
};

/** Stands between the socket and the router: the contract suite breaks a router with it. */
export type Between = (
  request: RestRequest,
  next: (request: RestRequest) => Promise<Answer>,
) => Promise<Answer>;
