import type { PeerFamily } from "./host.ts";
import type { Label } from "./labels.ts";

/**
 * `host`: the host that failed, `name[:port]` (no port 443; an IPv6 literal in brackets), null where
 * the text names none. `family`: of the remote address in the text (peer, resolver, or URL).
 */
export type Classified = {
  readonly label: Label;
  readonly host: string | null;
  readonly family: PeerFamily;
};
