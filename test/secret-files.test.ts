// The files that deploy/README.md has people fill with secrets stay out of git and out of the image.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** A CA's certificate is no secret. */
const written = new Set(
  Array.from(read("deploy/README.md").matchAll(/--from-file=([\w.-]+)/g), ([, name = ""]) => name),
);
written.delete("router-ca.pem");

test("there are such files", () => {
  expect([...written]).toEqual(expect.arrayContaining(["worker-token", "router-password"]));
});

test.each([...written, ".dev.vars", ".env"])(
  "%s is ignored by git and by the image's build",
  (name) => {
    expect(read(".gitignore").split("\n")).toContain(name);
    expect(read("deploy/agent/Dockerfile.dockerignore").split("\n")).toContain(`**/${name}`);
  },
);
