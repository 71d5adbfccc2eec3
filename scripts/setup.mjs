// Installs what package.json asks for, if it is not there. Plain JavaScript that an old Node runs:
// this is what brings the right Node. Does nothing when nothing is missing.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** 0, or the exit code to leave with; what went wrong has been said. */
export async function setUp() {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    console.error(
      `backon needs Node 20 or newer to start (it then brings its own); this is ${process.version}.`,
    );
    return 1;
  }
  const missing = missingPackages();
  return missing.length > 0 ? install(missing.length) : 0;
}

/** Packages that are absent or have another version than package.json says. */
function missingPackages() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packages = Object.entries({ ...wanted.dependencies, ...wanted.devDependencies });
  return packages.filter(([name, version]) => {
    const file = join(root, "node_modules", name, "package.json");
    return !existsSync(file) || JSON.parse(readFileSync(file, "utf8")).version !== version;
  });
}

async function install(count) {
  // Standard output belongs to the command that follows.
  console.error(
    `Setting up: ${count} packages are missing; npm install runs once (about half a minute) …`,
  );
  const startedAt = Date.now();
  const timer = setInterval(
    () => console.error(`  … ${Math.round((Date.now() - startedAt) / 1000)} s`),
    5_000,
  );
  // The very npm that runs this script, if one does.
  const npm = process.env.npm_execpath;
  const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
  const words = [...before, "install", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, why } = await ended(
    spawn(command, words, { cwd: root, stdio: ["inherit", 2, "inherit"] }),
  );
  clearInterval(timer);
  if (code === 0) console.error("Set up.");
  else
    console.error(
      why ??
        "npm install failed; its messages are above. Check the network and the npm registry, then try again.",
    );
  return code;
}

function ended(npm) {
  return new Promise((resolve) => {
    npm.once("error", ({ message }) => resolve({ code: 1, why: `npm did not start: ${message}` }));
    npm.once("exit", (code) => resolve({ code: code ?? 1 }));
  });
}
