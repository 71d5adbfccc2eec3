// `npm run bundle`: the agent as one CommonJS file, dist/agent.cjs, for the image; it needs Node 24.
// `npm run bundle:diagnose`: `diagnose` alone, dist/diagnose.cjs, for any Node from 20 on. Neither
// needs an install.
import { build } from "esbuild";

const BUNDLES = {
  agent: { entry: "agent/main.ts", target: "node24" },
  diagnose: { entry: "agent/commands/diagnose-alone.ts", target: "node20" },
} as const;

const [, , what, outfile] = process.argv;
const name = what === "diagnose" ? "diagnose" : "agent";
const built = await build({
  entryPoints: [BUNDLES[name].entry],
  outfile: outfile ?? `dist/${name}.cjs`,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: BUNDLES[name].target,
  minify: true,
  sourcemap: true,
  legalComments: "linked",
  // CommonJS has no import.meta; the bundle is only ever the entry.
  define: { "import.meta.main": "true" },
  metafile: true,
  logLevel: "warning",
});
for (const [file, { bytes }] of Object.entries(built.metafile.outputs))
  console.log(`${file}  ${Math.ceil(bytes / 1024)} KiB`);
