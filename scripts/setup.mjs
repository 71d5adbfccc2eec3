// Installs what package.json asks for, if it is not there. Plain JavaScript that an old Node runs:
// this is what brings the right Node. Does nothing when nothing is missing.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(
    `backon needs Node 20 or newer to start (it then brings its own); this is ${process.version}.`,
  );
  process.exit(1);
}
const missing = missingPackages();
if (missing.length > 0) install(missing.length);

/** Packages that are absent or have another version than package.json says. */
function missingPackages() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packages = Object.entries({ ...wanted.dependencies, ...wanted.devDependencies });
  return packages.filter(([name, version]) => {
    const file = join(root, "node_modules", name, "package.json");
    return !existsSync(file) || JSON.parse(readFileSync(file, "utf8")).version !== version;
  });
}

function install(count) {
  console.log(
    `Setting up: ${count} packages are missing; npm install runs once (about half a minute) …`,
  );
  const startedAt = Date.now();
  const timer = setInterval(
    () => console.log(`  … ${Math.round((Date.now() - startedAt) / 1000)} s`),
    5_000,
  );
  // The very npm that runs this script, if one does.
  const npm = process.env.npm_execpath;
  const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
  const child = spawn(
    command,
    [...before, "install", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  child.once("error", (error) => end(1, `npm did not start: ${error.message}`));
  child.once("exit", (code) =>
    end(
      code ?? 1,
      "npm install failed; its messages are above. Check the network and the npm registry, then try again.",
    ),
  );

  function end(code, why) {
    clearInterval(timer);
    console.log(code === 0 ? "Set up." : why);
    process.exit(code);
  }
}
