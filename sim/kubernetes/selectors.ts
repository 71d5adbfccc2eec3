import type { Pod } from "./pod.ts";
import type { KubernetesEvent } from "./store.ts";

type Term = { readonly label: string; readonly value: string; readonly equal: boolean };
type Fields = Readonly<Record<string, string>>;

function parseSelector(selector: string): readonly Term[] {
  return selector
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.search(/!?=/);
      const equal = part[at] !== "!";
      const value = part.slice(at).replace(/^(!=|==?)/, "");
      return { label: part.slice(0, at), value, equal };
    });
}

/** The first label of the selector that cannot be selected by; null if all can. */
export function unsupportedIn(selector: string, labels: readonly string[]): string | null {
  return parseSelector(selector).find((term) => !labels.includes(term.label))?.label ?? null;
}

/** What the selector selects. */
export function select<T>(
  items: readonly T[],
  selector: string,
  fieldsOf: (item: T) => Fields,
): readonly T[] {
  const terms = parseSelector(selector);
  if (terms.length === 0) return items;
  return items.filter((item) => {
    const fields = fieldsOf(item);
    return terms.every((term) => (fields[term.label] === term.value) === term.equal);
  });
}

export const POD_FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "spec.nodeName",
  "status.phase",
] as const;

export function podFields(pod: Pod): Fields {
  return {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "spec.nodeName": pod.spec.nodeName,
    "status.phase": pod.status.phase,
  };
}

export const EVENT_FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "involvedObject.kind",
  "involvedObject.namespace",
  "involvedObject.name",
  "involvedObject.uid",
  "involvedObject.fieldPath",
  "reason",
  "type",
  "source",
  "reportingComponent",
] as const;

export function eventFields(event: KubernetesEvent): Fields {
  const involved = Object.entries(event.involvedObject);
  return {
    "metadata.name": event.metadata.name,
    "metadata.namespace": event.metadata.namespace,
    ...Object.fromEntries(involved.map(([name, value]) => [`involvedObject.${name}`, value])),
    reason: event.reason,
    type: event.type,
    source: event.source.component,
    reportingComponent: event.reportingComponent,
  };
}
