// The agent as one file, as the image has it, and what puts its process at the simulated site: Node's
// own stripping of types would count as the agent's memory.
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const SHARED: BuildOptions = {
  bundle: true,
  platform: "node",
  target: "node24",
  minify: true,
  logLevel: "warning",
};

/** What Node is given to run it, made in this folder. */
export async function buildAgent(folder: string): Promise<readonly string[]> {
  const [site, agent] = [join(folder, "at-the-site.mjs"), join(folder, "agent.cjs")];
  await build({
    ...SHARED,
    entryPoints: [join(ROOT, "sim/at-the-site.ts")],
    outfile: site,
    format: "esm",
  });
  await build({
    ...SHARED,
    entryPoints: [join(ROOT, "agent/main.ts")],
    outfile: agent,
    format: "cjs",
    define: { "import.meta.main": "true" },
  });
  return ["--import", site, agent];
}
