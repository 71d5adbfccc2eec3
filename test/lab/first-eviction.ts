// The cluster's first eviction, held back until the row has done what happens at that moment.

export type FirstEviction = {
  /** For each request to the API server, before it is carried out. */
  before(request: { readonly method: string; readonly path: string }): Promise<void>;
  /** True once it is held; false if the job has ended without one. */
  held(): Promise<boolean>;
  carryOut(): void;
  /** No eviction will come any more. */
  end(): void;
};

export function firstEviction(): FirstEviction {
  const came = Promise.withResolvers<boolean>();
  const freed = Promise.withResolvers<void>();
  return {
    before: async ({ method, path }) => {
      if (method !== "POST" || !/\/eviction(\?|$)/.test(path)) return;
      came.resolve(true);
      await freed.promise;
    },
    held: () => came.promise,
    carryOut: () => freed.resolve(),
    end: () => {
      came.resolve(false);
      freed.resolve();
    },
  };
}
