// Installs what package.json asks for, if it is not there. Plain JavaScript that an old Node runs:
// this is what brings the right Node. Does nothing when nothing is missing.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const missing = Object.entries({ ...wanted.dependencies, ...wanted.devDependencies }).filter(
  ([name, version]) => {
    const file = join(root, "node_modules", name, "package.json");
    return !existsSync(file) || JSON.parse(readFileSync(file, "utf8")).version !== version;
  },
);

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(
    `backon needs Node 20 or newer to start (it then brings its own); this is ${process.version}.`,
  );
  process.exit(1);
}
if (missing.length > 0) {
  console.log(
    `Setting up: ${missing.length} packages are missing; npm install runs once (about half a minute) …`,
  );
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const done = spawnSync(
    command,
    [...args, "install", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (done.status !== 0) {
    console.error(
      "npm install failed; its messages are above. Check the network and the npm registry, then try again.",
    );
    process.exit(done.status || 1);
  }
  console.log("Set up.");
}
