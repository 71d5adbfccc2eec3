// What could not be done, as a page with a way back.
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { problem, refusalOf } from "../http/problem-response.ts";
import { ProblemPage } from "./confirm.tsx";
import { Layout } from "./layout.tsx";
import { jobPath } from "./parts.tsx";

const TITLES = new Map([
  [403, "Not allowed"],
  [404, "Not found"],
  [409, "Not now"],
]);

/** The answer to a request of the page that failed, whatever with: a page, or for a program a problem. */
export function refusalPage(error: Error, c: Context<AppEnv>) {
  const { status, detail } = refusalOf(c, error);
  if (isProgram(c)) return problem(c, status, detail);
  const { session } = c.var;
  const title = TITLES.get(status) ?? "Failed";
  c.status(status);
  return c.html(
    <Layout title={title} viewer={session === undefined ? null : { name: session.sub }}>
      <ProblemPage
        title={title}
        detail={detail}
        back={wayBack(new URL(c.req.url).pathname, status)}
      />
    </Layout>,
  );
}

/** No browser that shows our page sends JSON, or asks for nothing else. */
function isProgram(c: Context<AppEnv>): boolean {
  const sends = c.req.header("content-type") ?? "";
  const accepts = c.req.header("accept") ?? "";
  return /\bjson\b/i.test(sends) || (/\bjson\b/i.test(accepts) && !/html/i.test(accepts));
}

/** The nearest page above that can be shown: that of the job, of the cluster, or of all of them. */
function wayBack(path: string, status: number): string {
  const [, , cluster, , id, decision] = path.split("/");
  if (!cluster || status === 403) return "/";
  if (!id || decision === undefined || status === 404) return `/clusters/${cluster}`;
  return jobPath({ cluster, id });
}
