// `npm run bundle`: the agent as one CommonJS file, dist/agent.cjs, for the image; it needs Node 24.
// `npm run bundle:diagnose`: `diagnose` alone, dist/diagnose.cjs, for any Node from 20 on. Neither needs an
// install. `npm pack` makes all that the package has: dist/backon.cjs, and the Worker in dist/worker.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { build, type BuildOptions } from "esbuild";

const ALERT = "test/fixtures/alertmanager/chain/recommended-firing-longhorn.json";

const [, , what = "agent", outfile] = process.argv;
switch (what) {
  case "diagnose":
    await bundle(
      "agent/commands/diagnose-alone.ts",
      { target: "node20" },
      outfile ?? "dist/diagnose.cjs",
    );
    break;
  case "package":
    await bundlePackage();
    break;
  default:
    await bundle("agent/main.ts", { target: "node24" }, outfile ?? "dist/agent.cjs");
}

async function bundlePackage(): Promise<void> {
  // The image is built without the simulated site.
  const { bundleWorker, CONFIGURATION, PAGE } = await import("../sim/worker-bundle.ts");
  rmSync("dist", { recursive: true, force: true });
  // workerd is a program; esbuild is only asked for in a checkout.
  const options: BuildOptions = {
    target: "node20",
    inject: ["cli/older-node.ts"],
    external: ["workerd", "esbuild"],
    sourcemap: false,
  };
  await bundle("cli/main.ts", options, "dist/backon.cjs");
  await bundle("sim/at-the-site.ts", options, "dist/at-the-site.cjs");
  mkdirSync("dist/worker");
  writeFileSync("dist/worker/worker.mjs", await bundleWorker());
  cpSync(CONFIGURATION, "dist/worker/backon.capnp");
  cpSync(PAGE, "dist/worker/public", { recursive: true });
  cpSync(ALERT, "dist/alert.json");
}

/** One CommonJS file. */
async function bundle(entry: string, options: BuildOptions, outfile: string): Promise<void> {
  const built = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
    sourcemap: true,
    legalComments: "linked",
    // CommonJS has no import.meta; the bundle is only ever the entry.
    define: { "import.meta.main": "true", "import.meta.url": "OWN_URL" },
    banner: { js: 'const OWN_URL=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "warning",
    ...options,
    metafile: true,
  });
  for (const [file, { bytes }] of Object.entries(built.metafile.outputs))
    console.log(`${file}  ${Math.ceil(bytes / 1024)} KiB`);
}
