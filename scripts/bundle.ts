// `npm run bundle`: the agent as one CommonJS file, dist/agent.cjs, for the image. It needs Node 24
// and nothing else.
import { build } from "esbuild";

const built = await build({
  entryPoints: ["agent/main.ts"],
  outfile: "dist/agent.cjs",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
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
