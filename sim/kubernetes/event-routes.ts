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
  const selected = () => {
    const all = world.store.events();
    const here =
      namespace === null ? all : all.filter((event) => event.metadata.namespace === namespace);
    return select(here, fieldSelector, eventFields);
  };
  return world.pages.page(selected, {
    kind: "EventList",
    query,
    revision: world.store.revision(),
    scope: `${url.pathname} ${fieldSelector}`,
    selected: fieldSelector !== "",
  });
}
