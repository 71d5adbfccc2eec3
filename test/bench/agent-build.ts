// The agent of the simulated site as one file, as the image has it: Node's own stripping of types
// would count as the agent's memory.
import { build } from "esbuild";
import { AGENT } from "../../sim/whole-system.ts";

export async function buildAgent(outfile: string): Promise<string> {
  await build({
    entryPoints: [AGENT],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    minify: true,
    // What is CommonJS among the dependencies asks for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    define: { "import.meta.main": "false" },
    logLevel: "warning",
  });
  return outfile;
}
