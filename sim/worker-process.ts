// The Worker as a process of its own, to be killed. Prints its URL once it listens.
import { startLocalWorker } from "./local-worker.ts";

const { PORT = "0", STORAGE = "", TOKEN_KEY = "" } = process.env;
const worker = await startLocalWorker({
  port: Number(PORT),
  storage: STORAGE,
  tokenKey: TOKEN_KEY,
});
console.log(worker.url);
