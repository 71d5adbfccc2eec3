// Is an image of this pod being pulled right now? Its status does not say so: a kubelet keeps showing
// the last failure until the pull has ended. Its events do.
import * as z from "zod";
import type { Result } from "../ports/result.ts";
import type { Client } from "./client.ts";
import { listAll } from "./list.ts";

const Event = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  reason: z.string(),
  involvedObject: z.object({ fieldPath: z.string().nullish() }),
});

type PullEvent = { readonly reason: string; readonly container: string; readonly version: string };

/** What the kubelet says about the course of a pull; BackOff and Failed come after its end. */
const COURSE: readonly string[] = ["Pulling", "Pulled", "Failed", "BackOff"];

/**
 * True if the newest that the events tell of any of its containers is that a pull began: one may be
 * pulled, and does not wait yet, while another one fails.
 */
export async function isBeingPulled(
  client: Client,
  pod: { readonly namespace: string; readonly uid: string },
): Promise<Result<boolean>> {
  const { namespace, uid } = pod;
  const fieldSelector = `involvedObject.uid=${uid}`;
  const request = { resource: "events", namespace, fieldSelector } as const;
  const found = await listAll(client, request, pullEvent);
  if (!found.ok) return found;
  const byContainer = Map.groupBy(found.value, ({ container }) => container);
  const pulling = [...byContainer.values()].some(
    (own) => own.toSorted((a, b) => compareVersions(b.version, a.version))[0]?.reason === "Pulling",
  );
  return { ok: true, value: pulling };
}

function pullEvent(item: unknown): PullEvent | null {
  const { data } = Event.safeParse(item);
  const container = data?.involvedObject.fieldPath ?? "";
  if (data === undefined || !container.endsWith("}") || !COURSE.includes(data.reason)) return null;
  return { reason: data.reason, container, version: data.metadata.resourceVersion };
}

/** Versions are decimal numbers that grow with each write, whatever a clock says. */
function compareVersions(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
