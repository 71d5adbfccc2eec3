// The release workflow, as far as it can be checked without GitHub.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

const Step = z.object({
  run: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const Job = z.object({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step),
});
const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), Job),
});
const { permissions, jobs } = Workflow.parse(
  parse(readFileSync(".github/workflows/release.yml", "utf8")),
);
const stepOf = (job: string, has: string) =>
  jobs[job]?.steps.find(({ run = "", uses = "" }) => `${run}${uses}`.includes(has));

test("nothing is published before the checks, and each job may do only its own", () => {
  expect(permissions).toEqual({ contents: "read" });
  expect([jobs["image"]?.needs, jobs["npm"]?.needs]).toEqual(["check", "check"]);
  expect(jobs["notes"]?.needs).toEqual(["image", "npm"]);
  expect(jobs["check"]?.permissions).toBeUndefined();
  expect(jobs["npm"]?.permissions).toEqual({ contents: "read", "id-token": "write" });
});

test("the image is for both platforms, with provenance and SBOM, and not on Docker Hub", () => {
  const { with: given = {} } = stepOf("image", "build-push-action") ?? {};

  expect(given).toMatchObject({
    platforms: "linux/amd64,linux/arm64",
    provenance: "mode=max",
    sbom: true,
  });
  expect(given["tags"]).toMatch(/^ghcr\.io\//);
  expect(existsSync(String(given["file"]))).toBe(true);
});

test("the notes are the version's own part of the changelog", () => {
  const folder = mkdtempSync(join(tmpdir(), "backon-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const parts = [
    "# Changelog",
    "## Unreleased",
    "- next",
    "## 0.2.0",
    "- this",
    "## 0.1.0",
    "- last",
  ];
  writeFileSync(join(folder, "CHANGELOG.md"), parts.join("\n\n"));
  const run = stepOf("notes", "CHANGELOG.md")?.run ?? "false";
  const env = { PATH: process.env["PATH"] ?? "", GITHUB_REF_NAME: "v0.2.0" };

  execFileSync("sh", ["-ec", run], { cwd: folder, env });

  expect(readFileSync(join(folder, "notes.md"), "utf8").trim()).toBe("- this");
});
