// A person with a token: asks for jobs, decides, looks.
import * as z from "zod/mini";
import { aToken, ask, type Reply, type Token } from "./worker.ts";

const Id = z.object({ id: z.string() });

const Jobs = z.object({ jobs: z.array(z.record(z.string(), z.unknown())) });

/** The id in a reply that holds a job. */
export function idIn(reply: Reply): string {
  return Id.parse(reply.body).id;
}

export class Operator {
  readonly token: Token;

  constructor(token: Token) {
    this.token = token;
  }

  /** Asks for a job of this kind; `key` is the Idempotency-Key. */
  request(kind: string, more: { key?: string; body?: object } = {}): Promise<Reply> {
    return ask("POST", "/v1/jobs", {
      token: this.token,
      body: { kind, ...more.body },
      headers: more.key === undefined ? {} : { "idempotency-key": more.key },
    });
  }

  decide(id: string, what: "approve" | "dismiss" | "cancel", body: object = {}): Promise<Reply> {
    return ask("POST", `/v1/jobs/${id}/${what}`, { token: this.token, body });
  }

  job(id: string): Promise<Reply> {
    return ask("GET", `/v1/jobs/${id}`, { token: this.token });
  }

  async jobs(): Promise<{ jobs: Readonly<Record<string, unknown>>[] }> {
    return Jobs.parse((await ask("GET", "/v1/jobs", { token: this.token })).body);
  }

  status(): Promise<Reply> {
    return ask("GET", "/v1/status", { token: this.token });
  }
}

export async function anOperator(sub = "anna", cluster = "home"): Promise<Operator> {
  return new Operator(await aToken("operator", cluster, sub));
}
