export { app as default } from "./app.ts";
export { ClusterQueue } from "./jobs/queue.ts";
