// All secrets of this process, and the one way by which text leaves it: log, console, Worker.
import { existsSync, readFileSync } from "node:fs";
import { hushing, type Hush } from "../ports/hush.ts";
import { ACCOUNT, type Settings } from "./environment.ts";

/** Old tokens of the pod's account that are still known: each is good for an hour or so. */
const KEPT = 4;

/** Knows the pod's own token as it is renewed, too: its file is read for each text. */
export function hushOf(settings: Settings, tokenFile: string = `${ACCOUNT}/token`): Hush {
  const { WORKER_TOKEN, KUBERNETES_TOKEN, ROUTER_USER = "", ROUTER_PASSWORD } = settings;
  const tokens = [WORKER_TOKEN, KUBERNETES_TOKEN].filter((token) => token !== undefined);
  const password = ROUTER_PASSWORD ?? "";
  const login = password === "" ? [] : [password, `${ROUTER_USER}:${password}`];
  const passwords = [...login, ...proxyPasswords(settings)];
  let renewed: readonly string[] = [];
  let hush = hushing({ tokens, passwords });
  const current = (): Hush => {
    const now = existsSync(tokenFile) ? readFileSync(tokenFile, "utf8").trim() : "";
    if (now === "" || renewed.includes(now)) return hush;
    renewed = [now, ...renewed].slice(0, KEPT);
    hush = hushing({ tokens: [...tokens, ...renewed], passwords });
    return hush;
  };
  current();
  return {
    text: (text) => current().text(text),
    value: (value) => current().value(value),
  };
}

function proxyPasswords({ HTTPS_PROXY: proxy }: Settings): string[] {
  if (proxy === undefined) return [];
  const { password } = new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
  return password === "" ? [] : [password];
}
