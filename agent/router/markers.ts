// Several clusters may use the same rule on one router. Each leaves a marker: an entry with a time-out in
// a list of its own, which no rule reads. Its address says nothing but whose it is.
import { createHash } from "node:crypto";
import type { Action } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { RouterClient } from "./client.ts";
import { renew } from "./entry-renewal.ts";
import type { RouterFault } from "./fault.ts";
import { isLive, type ListEntry } from "./list-entry.ts";
import { createListMenu, type ListMenu } from "./list-menu.ts";
import { canonical } from "../basics/networks.ts";
import type { Answered } from "./sender.ts";
import { createWriter } from "./writer.ts";

export const MARKERS = "backon-clusters";
/** An agent that is away for longer than this no longer uses the rule. */
const MARKER_LIFETIME_MS = 86_400_000;

export type Users = {
  /** Names of the other clusters that use what is ours on this router. */
  readonly others: readonly string[];
  /** When the marker of each of them was left or renewed, ms since the epoch. */
  readonly since: ReadonlyMap<string, number>;
  readonly own: ListEntry | null;
};

type Marking = { readonly actions: readonly Action[]; readonly fault: RouterFault | null };

export type Markers = {
  /** The clock by which `since` counts, ms since the epoch. */
  now(): number;
  read(): Promise<Answered<Users>>;
  /** Ours is there with its whole lifetime. */
  leave(own: ListEntry | null, stillAllowed: () => boolean): Promise<Marking>;
  /** Gone already counts as removed. */
  remove(own: ListEntry): Promise<Marking>;
};

/** `cluster`: null for a command that does not know whose it is; all markers are others' then. */
export function createMarkers(
  { client, clock }: { readonly client: RouterClient; readonly clock: Clock },
  cluster: string | null,
): Markers {
  const menuFor = (stillAllowed: () => boolean): ListMenu =>
    createListMenu(client, createWriter(client, clock, stillAllowed), {
      list: MARKERS,
      lifetimeMs: MARKER_LIFETIME_MS,
      comment: cluster ?? "",
    });
  const always = menuFor(() => true);
  return {
    now: () => clock.now(),
    async read() {
      const entries = await always.read();
      if (!entries.ok) return entries;
      const markers = entries.value.filter(isMarker);
      const since = new Map(
        markers.flatMap(({ comment, leftMs }): [string, number][] =>
          comment === cluster || comment === null
            ? []
            : [[comment, clock.now() - MARKER_LIFETIME_MS + (leftMs ?? Infinity)]],
        ),
      );
      const own = markers.find(({ comment }) => comment === cluster) ?? null;
      return { ok: true, value: { others: [...since.keys()], since, own } };
    },
    async leave(own, stillAllowed) {
      if (cluster === null) return { actions: [], fault: null };
      const menu = menuFor(stillAllowed);
      const renewal = own === null ? null : await renew(menu, own, addressOf(cluster));
      if (renewal !== null && !renewal.gone) return renewal;
      const { actions, fault } = await menu.add(addressOf(cluster));
      return { actions: [...(renewal?.actions ?? []), ...actions], fault };
    },
    remove: (own) => always.remove(own),
  };
}

/** In the discard prefix (RFC 6666), where nobody has an address. */
export function addressOf(cluster: string): string {
  const hash = createHash("sha256").update(cluster).digest("hex");
  const words = [0, 4, 8, 12].map((at) => hash.slice(at, at + 4));
  return canonical(`100:0:0:0:${words.join(":")}`) ?? "";
}

/** Anything else in that list is a person's. */
function isMarker(entry: ListEntry): boolean {
  const { comment, network, timed } = entry;
  return isLive(entry) && timed && comment !== null && network === addressOf(comment);
}
