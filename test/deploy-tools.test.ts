// deploy/ read by the programs that will read it: kubectl, promtool, amtool. Where one is missing,
// the test's name says so; with LAB=required that is a failure.
import { describe, expect, test } from "vitest";
import {
  DEPLOY,
  agentPod,
  filesUnder,
  manifestsOf,
  only,
  OVERLAYS,
} from "./support/deploy-files.ts";
import { findTool, runTool } from "./support/tools.ts";
import type { Manifest } from "./support/deploy-files.ts";

const kustomize = findTool("kubectl", "kustomize");
const promtool = findTool("promtool");
const amtool = findTool("amtool");

async function rendered(overlay: (typeof OVERLAYS)[number]): Promise<Manifest[]> {
  const verb = kustomize.path?.endsWith("kustomize") ? "build" : "kustomize";
  return manifestsOf(await runTool(kustomize, DEPLOY, [verb, `agent/overlays/${overlay}`]));
}

const healthHosts = ({ container }: ReturnType<typeof agentPod>): unknown[] => [
  container.livenessProbe?.httpGet.host,
  container.readinessProbe?.httpGet.host,
];
const env = ({ container }: ReturnType<typeof agentPod>, name: string): unknown =>
  container.env.filter((variable) => variable.name === name);

describe("overlays", () => {
  test.skipIf(kustomize.skip)(
    `host-network looks from the node and shows its health to the node alone${kustomize.note}`,
    async () => {
      const manifests = await rendered("host-network");
      const agent = agentPod(manifests);
      expect(agent.pod).toMatchObject({ hostNetwork: true, dnsPolicy: "Default" });
      expect(healthHosts(agent)).toEqual(["127.0.0.1", "127.0.0.1"]);
      expect(env(agent, "HEALTH_HOST")).toEqual([{ name: "HEALTH_HOST", value: "127.0.0.1" }]);
      expect(env(agent, "HOSTS_FILE")).toEqual([{ name: "HOSTS_FILE", value: "/node/etc/hosts" }]);
      expect(level(manifests)).toBe("privileged");
    },
  );

  test.skipIf(kustomize.skip)(
    `host-network takes one file from the node, read-only${kustomize.note}`,
    async () => {
      const { pod, container } = agentPod(await rendered("host-network"));
      const fromNode = pod.volumes.filter((volume) => "hostPath" in volume);
      expect(fromNode).toEqual([
        { name: "node-hosts", hostPath: { path: "/etc/hosts", type: "File" } },
      ]);
      expect(container["volumeMounts"]).toContainEqual({
        name: "node-hosts",
        mountPath: "/node/etc/hosts",
        readOnly: true,
      });
    },
  );

  test.skipIf(kustomize.skip)(
    `host-network-metrics differs in the health address alone${kustomize.note}`,
    async () => {
      const agent = agentPod(await rendered("host-network-metrics"));
      const fieldRef = { fieldPath: "status.hostIP" };
      expect(agent.pod).toMatchObject({ hostNetwork: true });
      expect(healthHosts(agent)).toEqual([undefined, undefined]);
      expect(env(agent, "HEALTH_HOST")).toEqual([{ name: "HEALTH_HOST", valueFrom: { fieldRef } }]);
    },
  );

  test.skipIf(kustomize.skip)(
    `pod-network fits the restricted level and takes nothing from the node${kustomize.note}`,
    async () => {
      const manifests = await rendered("pod-network");
      const { pod } = agentPod(manifests);
      expect(pod["hostNetwork"]).toBeUndefined();
      expect(pod.volumes.filter((volume) => "hostPath" in volume)).toEqual([]);
      expect(level(manifests)).toBe("restricted");
      expect(only("NetworkPolicy", manifests)["spec"]).toMatchObject({
        policyTypes: ["Ingress", "Egress"],
      });
    },
  );

  test.skipIf(kustomize.skip).for(OVERLAYS)(
    `%s keeps the protections and rights of the base${kustomize.note}`,
    async (overlay) => {
      const manifests = await rendered(overlay);
      const { pod, container } = agentPod(manifests);
      expect(pod["securityContext"]).toMatchObject({ runAsNonRoot: true, fsGroup: 65532 });
      expect(container["securityContext"]).toMatchObject({ readOnlyRootFilesystem: true });
      expect(container["resources"]).toMatchObject({ limits: { memory: "128Mi" } });
      expect(only("ClusterRole", manifests)["rules"]).toHaveLength(3);
    },
  );
});

describe("monitoring", () => {
  test.skipIf(promtool.skip)(`Prometheus accepts the rules${promtool.note}`, async () => {
    const files = ["image-pull", "agent"].map((name) => `monitoring/${name}.rules.yml`);
    const said = await runTool(promtool, DEPLOY, ["check", "rules", ...files]);
    expect(said.match(/SUCCESS/g)).toHaveLength(2);
  });

  test.skipIf(promtool.skip)(
    `the rules fire when they should and are silent when they should${promtool.note}`,
    async () => {
      const files = filesUnder("monitoring").filter((path) => path.endsWith(".test.yml"));
      const said = await runTool(promtool, DEPLOY, ["test", "rules", ...files]);
      expect(said.match(/SUCCESS/g)).toHaveLength(3);
    },
  );

  test.skipIf(amtool.skip)(`Alertmanager accepts its configuration${amtool.note}`, async () => {
    const said = await runTool(amtool, DEPLOY, ["check-config", "monitoring/alertmanager.yml"]);
    expect(said).toContain("SUCCESS");
  });
});

function level(manifests: readonly Manifest[]): string | undefined {
  return only("Namespace", manifests).metadata.labels?.["pod-security.kubernetes.io/enforce"];
}
