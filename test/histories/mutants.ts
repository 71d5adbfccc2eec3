// Agents with one mistake each. Histories that do not notice them would prove nothing.
import type { Mutant } from "./agent-process.ts";
import { MARKERS } from "./truth.ts";

type Named = Mutant & {
  readonly mistake: string;
  /** What a history that notices this mistake, and not something beside it, says first. */
  readonly sees: RegExp;
};

export const mutants: readonly Named[] = [
  {
    mistake: "repeats a PUT whose answer was lost",
    sees: /^rule added 2 times, told 1 times/,
    client: (client) => ({
      ...client,
      async write(write, stillAllowed) {
        const answered = await client.write(write, stillAllowed);
        const lost = !answered.ok && ["broken", "server"].includes(answered.fault.kind);
        return lost && write.method === "PUT" ? client.write(write, stillAllowed) : answered;
      },
    }),
  },
  {
    mistake: "removes a row by an id from memory",
    sees: /^something foreign changed/,
    client: (client) => ({
      ...client,
      write: (write, stillAllowed) =>
        client.write(
          write.method === "DELETE" && write.path.includes("filter")
            ? { method: "DELETE", path: "ipv6/firewall/filter/*1" }
            : write,
          stillAllowed,
        ),
    }),
  },
  {
    mistake: "calls a removal done that could not be confirmed",
    sees: /^withdrawn, but something of ours is left/,
    router: (router) => ({
      ...router,
      async withdraw() {
        const result = await router.withdraw();
        if (result.ok) return result;
        return { ok: true, value: { removed: 1, actions: result.error.actions ?? [] } };
      },
    }),
  },
  {
    mistake: "puts back what a person disabled",
    sees: /^an alert's job put back what a person disabled/,
    router: (router) => ({
      ...router,
      async look() {
        const seen = await router.look();
        if (!seen.ok) return seen;
        const rules = seen.value.rules.filter(({ disabled }) => !disabled);
        return { ok: true, value: { ...seen.value, rules } };
      },
      async ensure(wanted, stillAllowed) {
        const ensured = await router.ensure(wanted, stillAllowed);
        if (!ensured.ok || !ensured.value.rule.disabled) return ensured;
        const cleared = await router.withdraw("all");
        if (!cleared.ok) return cleared;
        const again = await router.ensure(wanted, stillAllowed);
        const before = [...ensured.value.actions, ...cleared.value.actions];
        if (!again.ok) {
          const actions = [...before, ...(again.error.actions ?? [])];
          return { ok: false, error: { ...again.error, actions } };
        }
        const actions = [...before, ...again.value.actions];
        return { ok: true, value: { ...again.value, actions } };
      },
    }),
  },
  {
    mistake: "does not tell what it wrote",
    sees: /^(rule added|entry written) \d times, told 0 times/,
    router: (router) => ({
      ...router,
      async ensure(wanted, stillAllowed) {
        const ensured = await router.ensure(wanted, stillAllowed);
        if (!ensured.ok) return { ok: false, error: { ...ensured.error, actions: [] } };
        return { ok: true, value: { ...ensured.value, actions: [] } };
      },
    }),
  },
  {
    mistake: "adds entries that stay for good",
    sees: /^2600:1f18:.* stays in the list for good/,
    client: (client) => ({
      ...client,
      write(write, stillAllowed) {
        if (write.method !== "PUT" || !write.path.includes("address-list"))
          return client.write(write, stillAllowed);
        const body = Object.entries(write.body).filter(([name]) => name !== "timeout");
        return client.write({ ...write, body: Object.fromEntries(body) }, stillAllowed);
      },
    }),
  },
  {
    mistake: "takes the rule off under another cluster",
    sees: /took off what (home|barn) uses/,
    router: (router) => ({ ...router, withdraw: () => router.withdraw("all") }),
  },
  {
    mistake: "leaves no marker",
    sees: /^(home|barn) relies on our rule and left no marker/,
    client: (client) => ({
      ...client,
      async write(write, stillAllowed) {
        const marks = write.method === "PUT" && JSON.stringify(write.body).includes(MARKERS);
        if (!marks) return client.write(write, stillAllowed);
        return { ok: false, fault: { kind: "refused", what: "", status: 400, detail: "" } };
      },
    }),
  },
];
