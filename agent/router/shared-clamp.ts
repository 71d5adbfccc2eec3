// The MSS clamps where several clusters share a router: they go with the last cluster that uses what is ours.
import type { Action } from "../../src/protocol/report.ts";
import type { Clamper } from "../ports/clamp.ts";
import { failureOf } from "./fault.ts";
import type { Markers } from "./markers.ts";

type Marking = {
  readonly markers: Markers;
  /** Leaves this cluster's marker. */
  readonly mark: (stillAllowed: () => boolean) => Promise<readonly Action[]>;
};

/** The same clamps; the marker itself goes with the rule, which is withdrawn after them. */
export function sharedClamper(inner: Clamper, { markers, mark }: Marking): Clamper {
  return {
    look: () => inner.look(),
    async ensure(wanted, stillAllowed) {
      const ensured = await inner.ensure(wanted, stillAllowed);
      if (!ensured.ok) return ensured;
      const actions = [...ensured.value.actions, ...(await mark(stillAllowed))];
      return { ok: true, value: { ...ensured.value, actions } };
    },
    async withdraw(scope) {
      const users = await markers.read();
      if (!users.ok) return { ok: false, error: failureOf(users.fault) };
      const { others: usedBy } = users.value;
      if (usedBy.length === 0 || scope === "all") return inner.withdraw(scope);
      const looked = await inner.look();
      if (!looked.ok) return looked;
      const stays = looked.value.ours.length > 0;
      return { ok: true, value: { removed: 0, ...(stays ? { usedBy, stays } : {}), actions: [] } };
    },
  };
}
