// What a button carries: ids and the plan's hash, nothing that grants a right.

export type ButtonValue = {
  readonly cluster: string;
  readonly id: string;
  readonly planHash: string | null;
};

export function buttonValue({ cluster, id, planHash }: ButtonValue): string {
  return [cluster, id, ...(planHash === null ? [] : [planHash])].join(" ");
}

/** Null if it is none of ours. What it names is looked up and checked as for any caller. */
export function readButtonValue(value: string): ButtonValue | null {
  const [, cluster, id, planHash = null] =
    /^([a-z0-9-]{1,63}) ([a-z0-9-]{1,60})(?: (\S{1,200}))?$/.exec(value) ?? [];
  return cluster === undefined || id === undefined ? null : { cluster, id, planHash };
}
