// Alertmanager's notifications of failing pulls, each for one of several clusters: a job takes 100 pods.
export const CLUSTERS = Array.from({ length: 32 }, (_, index) => `c-${index}`);

export type Body = { readonly cluster: string; readonly text: string };

/** Notifications in the order in which they are sent; the same again and again where `repeated`. */
export type Bodies = { readonly name: string; next(): Body };

export function bodiesOf(alerts: number, repeated: boolean): Bodies {
  let sent = 0;
  return {
    name: `${alerts} alert(s), ${repeated ? "repeated" : "new pods"}`,
    next() {
      const at = repeated ? sent % CLUSTERS.length : sent;
      sent += 1;
      const cluster = CLUSTERS[at % CLUSTERS.length] ?? "c-0";
      return { cluster, text: notification(`${repeated ? "r" : "n"}${alerts}-${at}`, alerts) };
    },
  };
}

function notification(name: string, alerts: number): string {
  const pods = Array.from({ length: alerts }, (_, index) => `${name}-${index}`);
  return JSON.stringify({
    version: "4",
    receiver: "backon",
    status: "firing",
    groupKey: '{}:{alertname="KubeImagePullFailing"}',
    truncatedAlerts: 0,
    groupLabels: { alertname: "KubeImagePullFailing" },
    commonLabels: { alertname: "KubeImagePullFailing", namespace: "shop" },
    commonAnnotations: {},
    externalURL: "http://alertmanager.monitoring.svc:9093",
    alerts: pods.map((pod) => ({
      status: "firing",
      labels: {
        alertname: "KubeImagePullFailing",
        namespace: "shop",
        pod,
        container: "web",
        reason: "ImagePullBackOff",
        severity: "warning",
      },
      annotations: { summary: `Container web in shop/${pod} cannot pull its image` },
      startsAt: "2026-11-23T00:03:47.028Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "http://prometheus-k8s-0:9090/graph",
      fingerprint: pod,
    })),
  });
}
