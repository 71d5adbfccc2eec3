import type { Pages } from "./pages.ts";
import { EVENT_FIELDS, eventFields, select, unsupportedIn } from "./selectors.ts";
import { badRequest, type Reply } from "./status-bodies.ts";
import type { Store } from "./store.ts";

type EventWorld = { readonly store: Store; readonly pages: Pages };

export function listEvents(world: EventWorld, namespace: string | null, url: URL): Reply {
  const query = url.searchParams;
  const fieldSelector = query.get("fieldSelector") ?? "";
  const unsupported = unsupportedIn(fieldSelector, EVENT_FIELDS);
  if (unsupported !== null) return badRequest(`field label not supported: ${unsupported}`);
  const selected = () =>
    select(world.store.events(), fieldSelector, eventFields).filter(
      (event) => namespace === null || event.metadata.namespace === namespace,
    );
  return world.pages.page(selected, {
    kind: "EventList",
    query,
    revision: world.store.revision(),
    scope: `${url.pathname} ${fieldSelector}`,
    selected: fieldSelector !== "",
  });
}
