// `node scripts/bundle-size.ts`: how large the whole Worker is as it goes to Cloudflare, minified and
// gzipped, and which parts are the large ones. Over the limit it exits with 1.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Our own: every isolate parses all of it before its first answer. Cloudflare's is 3 MB gzip (free plan). */
const LIMIT_KIB = 90;

// As wrangler 4 bundles with `minify = true` and `keep_names = false`.
const built = await build({
  entryPoints: ["src/index.ts"],
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*", "node:*"],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
const [file] = built.outputFiles;
if (file === undefined) throw new Error("esbuild wrote no file for src/index.ts");
const zippedKib = gzipSync(file.contents, { level: 9 }).length / 1024;

const parts = new Map<string, number>();
for (const output of Object.values(built.metafile.outputs))
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const part = /node_modules\/([^/]+)/.exec(path)?.[1] ?? path.split("/").slice(0, 2).join("/");
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
const largest = Array.from(parts).toSorted(([, a], [, b]) => b - a);
for (const [part, bytes] of largest.slice(0, 10))
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KiB  ${part}`);
console.log(
  `the Worker: ${(file.contents.length / 1024).toFixed(1)} KiB minified, ${zippedKib.toFixed(1)} KiB gzip, of ${LIMIT_KIB} KiB`,
);

const settings = readFileSync("wrangler.toml", "utf8");
for (const line of ["minify = true", "keep_names = false"])
  if (!settings.split("\n").includes(line))
    console.warn(`wrangler.toml has no line "${line}": what is deployed is larger than that`);

if (zippedKib > LIMIT_KIB) {
  console.error("too large: see what is new above, or raise the limit with a reason");
  process.exitCode = 1;
}
