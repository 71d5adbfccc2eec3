// `npm test`: all tests of both runtimes, then one closing line, `N passed, N failed`. With
// LAB=required a test that a missing tool would skip fails instead.
import { startVitest } from "vitest/node";

// Quiet and offline; the key is what wrangler.toml requires, the tests bring their own.
process.env["TOKEN_KEY"] ??= "test-key-test-key-test-key-test-key";
process.env["WRANGLER_SEND_METRICS"] = "false";
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";

const vitest = await startVitest("test", process.argv.slice(2), { watch: false });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const count = (state: string): number =>
  tests.filter((test) => test.result().state === state).length;
// A file that can't even be loaded, and an error outside every test, count as failures too.
const broken = vitest.state
  .getTestModules()
  .filter((module) => module.state() === "failed" && [...module.children.allTests()].length === 0);
const failed = count("failed") + broken.length + vitest.state.getUnhandledErrors().length;
const passed = count("passed");
const skipped = count("skipped");
await vitest.close();

for (const test of tests.filter((one) => one.result().state === "skipped"))
  console.log(`SKIPPED: ${test.fullName}`);
if (skipped > 0)
  console.log(
    `${skipped} test(s) were skipped because this machine lacks a tool; LAB=required makes that a failure.`,
  );
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
