// The Slack app as deploy/ describes it, against what the Worker has.
import { expect, test } from "vitest";
import * as z from "zod";
import { helpText } from "../src/slack/command.ts";
import { documents, textOf } from "./support/deploy-files.ts";

test("the Slack app asks for what is used: the command, the buttons, and to write", () => {
  const [app] = documents(textOf("slack/manifest.yaml"));
  expect(app).toMatchObject({
    features: {
      slash_commands: [
        {
          url: expect.stringMatching(/^https:\/\/[^/]+\/v1\/slack\/commands$/),
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: ["commands", "chat:write"] } },
    settings: {
      interactivity: {
        is_enabled: true,
        request_url: expect.stringMatching(/^https:\/\/[^/]+\/v1\/slack\/interactions$/),
      },
      socket_mode_enabled: false,
    },
  });
});

test("every address of the Slack app is a route of the Worker, and its hint names every verb", () => {
  const manifest = textOf("slack/manifest.yaml");
  const paths = [...manifest.matchAll(/^\s*(?:request_)?url: https:\/\/[^/]+(\S+)/gm)].map(
    (m) => m[1],
  );
  const hint = /usage_hint: "\[([^\]]*)\]/.exec(manifest)?.[1]?.split(" | ") ?? [];

  expect(paths).toHaveLength(2);
  const { paths: routes } = z
    .object({ paths: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(textOf("../src/web/public/openapi.json")));
  for (const path of paths) expect(routes).toHaveProperty([path ?? "", "post"]);
  const verbs = [...helpText().matchAll(/`\/backon (\w+)/g)].map((m) => m[1]);
  expect(hint.toSorted()).toEqual(verbs.toSorted());
});
