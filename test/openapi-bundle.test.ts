// The size of the Worker is counted by the very script that people run.
import { execFile } from "node:child_process";
import { expect, test } from "vitest";

test("the whole Worker, minified and gzipped, stays under its limit", async () => {
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, ["scripts/bundle-size.ts"], (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, said: `${out}${err}` });
    });
  });

  const [, zipped = "0", limit = "0"] = /([\d.]+) KiB gzip, of ([\d.]+) KiB/.exec(said) ?? [];
  expect(Number(zipped)).toBeGreaterThan(30);
  expect(Number(limit)).toBe(90);
  expect(code, said).toBe(0);
});
