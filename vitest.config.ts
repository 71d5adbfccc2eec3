import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

// The Worker's tests run inside workerd, all others in Node; those in the network lab by themselves.
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
                SLACK_SIGNING_SECRET: "slack-test-secret-of-this-worker",
                SLACK_TEAM_ID: "T1TEAM",
                SLACK_APP_ID: "A1APP",
                SLACK_MAY_SEE: "U1SEES",
                SLACK_MAY_REQUEST: "U1FIXES",
                SLACK_MAY_APPROVE: "U1APPROVES",
              },
            },
          }),
        ],
        test: {
          name: "worker",
          include: ["test/src/**/*.test.ts"],
          testTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "agent",
          environment: "node",
          include: [
            "test/agent/**/*.test.ts",
            "test/contract/**/*.test.ts",
            "test/histories/**/*.test.ts",
            "test/torture/**/*.test.ts",
            "test/sim/**/*.test.ts",
            "test/*.test.ts",
          ],
          // Looked at by a person: `SHEET=FOLDER npm test -- test/contact-sheet.test.ts`.
          exclude: process.env["SHEET"] === undefined ? ["test/contact-sheet.test.ts"] : [],
          testTimeout: 90_000,
          // Most of them wait for sockets: two at once, on a machine with two cores as well.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "lab",
          environment: "node",
          include: ["test/lab/**/*.test.ts"],
          exclude: ["test/lab/image-client.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxConcurrency: 8,
          // Not beside the others: times count here, and a busy machine would spoil them. Its own
          // files mostly wait, so three at once do not.
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "lab-pulls",
          environment: "node",
          include: ["test/lab/image-client.test.ts"],
          // After the lab's others: its pulls keep the machine busy, and times count there.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
