import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// Two runtimes, two projects: the Worker's tests run inside workerd, all others in Node.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TOKEN_KEY: "test-key-test-key-test-key-test-key",
                CLUSTERS: "home,branch",
              },
            },
          }),
        ],
        test: { name: "worker", include: ["test/src/**/*.test.ts"] },
      },
      {
        test: {
          name: "agent",
          environment: "node",
          include: ["test/agent/**/*.test.ts", "test/sim/**/*.test.ts", "test/*.test.ts"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
