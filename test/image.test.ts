// The image is built of a few folders: each that the agent imports has to be among them.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(path, "utf8");

const imported = new Set(
  readdirSync("agent", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) =>
      Array.from(read(`agent/${path}`).matchAll(/ from "(?:\.\.\/)+(src\/\w+)\//g), ([, at]) => at),
    ),
);

test("the agent's image copies every folder of src/ that the agent imports", () => {
  const copied = read("deploy/agent/Dockerfile");
  const kept = read("deploy/agent/Dockerfile.dockerignore").split("\n");
  expect([...imported].toSorted()).toEqual(["src/protocol", "src/shown"]);
  for (const folder of imported) {
    expect(copied).toContain(`COPY ${folder} ${folder}\n`);
    expect(kept).toContain(`!${folder}`);
  }
});
