import { describe, expect, it } from "vitest";
import { startWorld, valueOf } from "./cluster-world.ts";

describe("missing rights", () => {
  it("are none for the agent's own role", async () => {
    const { cluster } = await startWorld();

    expect(valueOf(await cluster.missingRights("evict"))).toEqual([]);
  });

  it("are named one by one, in each namespace", async () => {
    const rules = [
      { verbs: ["list"], resources: ["pods"] },
      { verbs: ["list"], resources: ["events"], namespaces: ["shop"] },
    ];
    const { cluster } = await startWorld({ rules }, { namespaces: ["shop", "blog"] });

    const missing = valueOf(await cluster.missingRights("delete"));

    expect(missing).toEqual([
      "delete pods in namespace shop",
      "list events in namespace blog",
      "delete pods in namespace blog",
    ]);
  });

  it("cannot be told where the token is refused", async () => {
    const { cluster } = await startWorld({}, { token: () => "wrong" });

    expect(await cluster.missingRights("evict")).toMatchObject({
      ok: false,
      error: { next: "give-up" },
    });
  });
});
