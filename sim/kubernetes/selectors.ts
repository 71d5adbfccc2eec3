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

/** Keeps what the selector selects, or names the label that cannot be selected by. */
export function select<T>(
  items: readonly T[],
  selector: string,
  fieldsOf: (item: T) => Fields,
  labels: readonly string[] | null,
): { items: readonly T[] } | { unsupported: string } {
  const terms = parseSelector(selector);
  const unsupported = terms.find((term) => labels !== null && !labels.includes(term.label));
  if (unsupported !== undefined) return { unsupported: unsupported.label };
  const selected = items.filter((item) => {
    const fields = fieldsOf(item);
    return terms.every((term) => (fields[term.label] === term.value) === term.equal);
  });
  return { items: selected };
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
