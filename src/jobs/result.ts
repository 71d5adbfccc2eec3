// The answer of the cluster's object to one call: a value, or a refusal with one line of why.

/** `status` as HTTP: 401 revoked, 404 unknown job, 409 not now, 422 not like this. */
export type Refusal = { readonly ok: false; readonly status: number; readonly detail: string };
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

/** A refusal; `status` as HTTP, `detail` one line for whoever called. */
export function refuse(status: number, detail: string): Refusal {
  return { ok: false, status, detail };
}

export function unknownJob(id: string): Refusal {
  return refuse(404, `no job ${id} in this cluster; GET /v1/jobs lists them`);
}
