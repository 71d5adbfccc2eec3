export { app as default } from "./app.ts";
export { ClusterQueue } from "./cluster/queue.ts";
