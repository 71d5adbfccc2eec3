// What deploy/ installs, read as it is committed: needs no tool. deploy-tools.test.ts renders it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as yaml from "yaml";
import * as z from "zod";
import { AgentEnvironment, readSettings } from "../agent/settings/environment.ts";
import {
  agentPod,
  committedManifests,
  documents,
  filesUnder,
  manifestsOf,
  only,
  textOf,
} from "./support/deploy-files.ts";
import type { Manifest } from "./support/deploy-files.ts";

const SECRETS = ["WORKER_TOKEN", "ROUTER_PASSWORD", "KUBERNETES_TOKEN"];
const KNOWN = new Set([
  ...Object.keys(AgentEnvironment.shape),
  ...SECRETS.map((name) => `${name}_FILE`),
  "NODE_OPTIONS",
  "MALLOC_ARENA_MAX",
  "MALLOC_MMAP_THRESHOLD_",
  "MALLOC_TRIM_THRESHOLD_",
]);

const base = (): Manifest[] =>
  ["namespace", "rights", "settings", "deployment"].flatMap((name) =>
    manifestsOf(textOf(`agent/base/${name}.yaml`)),
  );
const settingsData = (): Record<string, string> =>
  z.object({ data: z.record(z.string(), z.string()) }).parse(only("ConfigMap", base())).data;
const images = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:FROM(?: --platform=\S+)?|(?:- )?image:)\s+(\S+)/gm)].map(
    (m) => m[1] ?? "",
  );

describe("the agent's rights", () => {
  test("the agent may list pods and events and evict pods, and nothing else", () => {
    const roles = committedManifests().filter(({ kind }) => kind.endsWith("Role"));
    const rules = roles.map((role) => role["rules"]);
    expect(rules).toEqual([
      [
        { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
        { apiGroups: [""], resources: ["events"], verbs: ["list"] },
        { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
      ],
    ]);
  });

  test("only the agent's own service account is bound, and to that role alone", () => {
    const bindings = committedManifests().filter(({ kind }) => kind.endsWith("RoleBinding"));
    expect(bindings).toMatchObject([
      {
        roleRef: { kind: "ClusterRole", name: "backon-agent" },
        subjects: [{ kind: "ServiceAccount", name: "backon-agent", namespace: "backon" }],
      },
    ]);
  });
});

describe("the agent's pod", () => {
  test("it runs without root, privileges or a writable file system", () => {
    const { pod, container } = agentPod(base());
    expect(pod["securityContext"]).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(container["securityContext"]).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("it asks for little memory, is limited in memory and not in CPU", () => {
    const { container } = agentPod(base());
    expect(container["resources"]).toEqual({
      requests: { cpu: "10m", memory: "48Mi" },
      limits: { memory: "128Mi" },
    });
  });

  test("two agents are never wanted at once", () => {
    const deployment = only("Deployment", base());
    expect(deployment["spec"]).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
  });

  test("an overlay changes network, health address and hosts file, and no protection", () => {
    const patches = filesUnder("agent/overlays").filter((path) => path.endsWith("deployment.yaml"));
    const pods = patches.map((path) => agentPod(manifestsOf(textOf(path))));
    const podKeys = new Set(pods.flatMap(({ pod }) => Object.keys(pod)));
    const containerKeys = new Set(pods.flatMap(({ container }) => Object.keys(container)));
    expect([...podKeys].toSorted()).toEqual(["containers", "hostNetwork", "volumes"]);
    expect([...containerKeys].toSorted()).toEqual([
      "env",
      "livenessProbe",
      "name",
      "readinessProbe",
      "volumeMounts",
    ]);
  });

  test("every variable it is given is one that the agent reads", () => {
    const pods = committedManifests().filter(({ kind }) => kind === "Deployment");
    const given = pods.flatMap((pod) => agentPod([pod]).container.env.map(({ name }) => name));
    const unknown = [...given, ...Object.keys(settingsData())].filter((name) => !KNOWN.has(name));
    expect(unknown).toEqual([]);
  });

  test("the settings as committed are accepted, and only observe", () => {
    const folder = mkdtempSync(join(tmpdir(), "backon-deploy-"));
    for (const name of ["worker-token", "router-password"])
      writeFileSync(join(folder, name), "a-secret-of-the-test-only\n");
    const given = agentPod(base()).container.env.flatMap(({ name, value }) =>
      value === undefined || value === null ? [] : [[name, value.replace("/secrets", folder)]],
    );
    const authority = join(folder, "router-ca.pem");
    writeFileSync(authority, "PEM");
    const env = { ...settingsData(), ...Object.fromEntries(given), ROUTER_CA_FILE: authority };
    const parsed = readSettings(env);
    rmSync(folder, { recursive: true });
    expect(parsed).toMatchObject({ ok: true, settings: { MODE: "observe" } });
  });
});

describe("what is committed", () => {
  test("no manifest holds a Secret or a secret's value", () => {
    const secrets = committedManifests().filter(({ kind }) => kind === "Secret");
    const env = committedManifests()
      .filter(({ kind }) => kind === "Deployment")
      .flatMap((manifest) => agentPod([manifest]).container.env.map(({ name }) => name));
    const named = [...env, ...Object.keys(settingsData())].filter((name) => SECRETS.includes(name));
    const typed = filesUnder("router").filter((path) => /password="?(?!\$)/.test(textOf(path)));
    expect({ secrets, named, typed }).toEqual({ secrets: [], named: [], typed: [] });
  });

  test("every image has a fixed tag and none comes from Docker Hub", () => {
    const found = filesUnder("agent").flatMap((path) => images(textOf(path)));
    const loose = found.filter((image) => !/:[\w.-]+$/.test(image) || image.endsWith(":latest"));
    const hosts = [...new Set(found.map((image) => image.split("/")[0]))].toSorted();
    expect(loose).toEqual([]);
    expect(hosts).toEqual(["gcr.io", "ghcr.io", "public.ecr.aws"]);
  });

  test("the manifests install the version that the package has", () => {
    const root = z.object({ version: z.string() }).parse(JSON.parse(textOf("../package.json")));
    const tags = filesUnder("agent").flatMap((path) =>
      [...textOf(path).matchAll(/(?:backon-agent:|newTag: |VERSION=)([\d.]+)/g)].map((m) => m[1]),
    );
    expect(new Set(tags)).toEqual(new Set([root.version]));
  });
});

describe("monitoring", () => {
  test("the operator's rules are those of the plain rules files", () => {
    const rules = manifestsOf(textOf("monitoring/prometheus-rules.yaml"));
    const plain = ["image-pull", "agent"].map((name) =>
      yaml.parse(textOf(`monitoring/${name}.rules.yml`)),
    );
    expect(rules.map(({ metadata }) => metadata.name)).toEqual([
      "backon-image-pull",
      "backon-agent",
    ]);
    expect(rules.map((rule) => rule["spec"])).toEqual(plain);
  });

  test("Alertmanager sends few alerts, no token after a redirect, and still tells people", () => {
    const [config] = documents(textOf("monitoring/alertmanager.yml"));
    expect(config).toMatchObject({
      route: {
        routes: [
          { receiver: "backon", matchers: ['remediation = "backon"'], continue: true },
          { receiver: "default" },
        ],
      },
      receivers: [
        { name: "default" },
        {
          webhook_configs: [
            {
              url: expect.stringMatching(/\/v1\/webhooks\/alertmanager$/),
              max_alerts: 50,
              http_config: {
                follow_redirects: false,
                authorization: { type: "Bearer", credentials_file: expect.any(String) },
              },
            },
          ],
        },
      ],
    });
  });
});

describe("the router's set-up", () => {
  test("the agent's group has exactly four policies and its user an address limit", () => {
    const script = textOf("router/setup.rsc");
    const policies = [...script.matchAll(/policy=(\S+)/g)].map((match) => match[1]);
    expect(policies).toEqual(["read,write,api,rest-api"]);
    expect(script).toMatch(/^\/user\/add .*address=\$agentAddresses/m);
    expect(script).not.toMatch(/^\/ipv6\/firewall/m);
  });

  test("whatever the set-up adds, the removal names", () => {
    const named = (text: string, command: RegExp): (string | undefined)[] =>
      [...text.matchAll(command)].map((match) => `${match[1]} ${match[2]}`).toSorted();
    const added = named(textOf("router/setup.rsc"), /^(\/\S+)\/add name=(\S+)/gm);
    const removed = named(textOf("router/remove.rsc"), /^(\/\S+)\/remove \[find name=([\w-]+)\]/gm);
    expect(removed).toEqual(added);
  });
});
