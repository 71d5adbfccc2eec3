import type { Pages } from "./pages.ts";
import { EVENT_FIELDS, eventFields, select } from "./selectors.ts";
import { badRequest, type Reply } from "./status-bodies.ts";
import type { Store } from "./store.ts";

type EventWorld = { readonly store: Store; readonly pages: Pages };

export function listEvents(world: EventWorld, namespace: string | null, url: URL): Reply {
  const all = world.store
    .events()
    .filter((event) => namespace === null || event.metadata.namespace === namespace);
  const query = url.searchParams;
  const fieldSelector = query.get("fieldSelector") ?? "";
  const selected = select(all, fieldSelector, eventFields, EVENT_FIELDS);
  if ("unsupported" in selected)
    return badRequest(`field label not supported: ${selected.unsupported}`);
  return world.pages.page(selected.items, {
    kind: "EventList",
    query,
    revision: world.store.revision(),
    scope: `${url.pathname} ${fieldSelector}`,
    selected: fieldSelector !== "",
  });
}
