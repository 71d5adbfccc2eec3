// The routes as their callers see them, one entry each. A test compares them with the Worker's own.
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";
import { IdempotencyKey, Page } from "../manual/routes.ts";
import type { SchemaName } from "./schemas.ts";

/** Who may call: a token's role, Slack by its signature, or anyone. */
export type Caller = "operator" | "operator of *" | "agent" | "alertmanager" | "slack" | "anyone";

type Answer = {
  readonly what: string;
  readonly schema?: SchemaName;
  /** Of the body, where it is not JSON of `schema`. */
  readonly type?: string;
};

export type Operation = {
  readonly caller: Caller;
  readonly summary: string;
  readonly query?: Readonly<Record<string, z.ZodMiniType>>;
  readonly headers?: Readonly<Record<string, z.ZodMiniType>>;
  /** `example`: one that the route takes; a test sends each. */
  readonly body?: {
    readonly schema: SchemaName;
    readonly type?: string;
    readonly example: object | string;
  };
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses with a problem body, besides those of every route of its kind. */
  readonly problems?: readonly number[];
};

const FORM = "application/x-www-form-urlencoded";
const cluster = { cluster: z.optional(ClusterName) };
const notifications: Operation = {
  caller: "alertmanager",
  summary: "Take in a notification; 202 once it is stored",
  body: {
    schema: "Notification",
    example: {
      version: "4",
      status: "firing",
      alerts: [
        {
          status: "firing",
          labels: {
            alertname: "ImagePullFailing",
            namespace: "shop",
            pod: "web-7rq6fmxd4-l92jb",
            reason: "ImagePullBackOff",
          },
          annotations: {},
          startsAt: "2026-11-23T10:00:00Z",
          endsAt: "0001-01-01T00:00:00Z",
          fingerprint: "3f2a9c1be05d7784",
        },
      ],
    },
  },
  answers: { 202: { what: "Stored", schema: "Taken" } },
};

/** `METHOD /path/{parameter}` → what it takes and answers. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /healthz": {
    caller: "anyone",
    summary: "Is the Worker up",
    answers: { 200: { what: "It is", schema: "Health" } },
  },
  "GET /openapi.json": {
    caller: "anyone",
    summary: "This document",
    answers: { 200: { what: "OpenAPI 3.1", type: "application/json" } },
  },
  "POST /v1/webhooks/alertmanager": notifications,
  "PUT /v1/webhooks/alertmanager": notifications,
  "POST /v1/slack/interactions": {
    caller: "slack",
    summary: "A click on a button of a message",
    headers: { "x-slack-request-timestamp": z.string() },
    body: { schema: "SlackInteraction", type: FORM, example: "payload=%7B%22type%22%3A%22x%22%7D" },
    answers: { 200: { what: "Taken; the message changes by itself, or the clicker is told" } },
    problems: [401, 422],
  },
  "POST /v1/codes": {
    caller: "operator",
    summary: "A link that signs in to the page once, within ten minutes",
    query: cluster,
    answers: { 201: { what: "Made", schema: "Code" } },
  },
  "POST /v1/slack/commands": {
    caller: "slack",
    summary: "The slash command",
    headers: { "x-slack-request-timestamp": z.string() },
    body: { schema: "SlackCommand", type: FORM, example: "text=help" },
    answers: { 200: { what: "A text that only the asker sees", schema: "SlackAnswer" } },
    problems: [401],
  },
  "POST /v1/jobs": {
    caller: "operator",
    summary: "Ask for a job",
    query: cluster,
    headers: { "idempotency-key": z.optional(IdempotencyKey) },
    body: { schema: "JobRequest", example: { kind: "diagnose", registry: "docker.io" } },
    answers: {
      200: { what: "The job that this key asked for before", schema: "Job" },
      202: { what: "A new job, or the open one that the request joined", schema: "Job" },
    },
    problems: [409],
  },
  "GET /v1/jobs": {
    caller: "operator",
    summary: "The jobs, newest first",
    query: { ...cluster, ...Page.shape },
    answers: { 200: { what: "A page of them", schema: "JobPage" } },
    problems: [422],
  },
  "GET /v1/jobs/{id}": {
    caller: "operator",
    summary: "One job with its report, its events and the pods that alerts named",
    query: cluster,
    answers: { 200: { what: "The job", schema: "JobStory" } },
    problems: [404],
  },
  "GET /v1/jobs/{id}.md": {
    caller: "operator",
    summary: "The same as a page for a chat or a wiki",
    query: cluster,
    answers: { 200: { what: "Markdown", type: "text/markdown; charset=utf-8" } },
    problems: [404],
  },
  "POST /v1/jobs/{id}/approve": {
    caller: "operator",
    summary: "Approve the plan that you have read",
    query: cluster,
    body: { schema: "Approve", example: { planHash: "5e8199ff9be5b5d993ed59d74ce86cc7" } },
    answers: { 200: { what: "The job, queued again", schema: "Job" } },
    problems: [404, 409],
  },
  "POST /v1/jobs/{id}/dismiss": {
    caller: "operator",
    summary: "Do not carry out the plan that waits",
    query: cluster,
    answers: { 200: { what: "The job, finished", schema: "Job" } },
    problems: [404, 409],
  },
  "POST /v1/jobs/{id}/cancel": {
    caller: "operator",
    summary: "End the job",
    query: cluster,
    answers: {
      200: { what: "The job, finished", schema: "Job" },
      202: { what: "The agent is told", schema: "Job" },
    },
    problems: [404, 409],
  },
  "GET /v1/status": {
    caller: "operator",
    summary: "The cluster at a glance: agent, rule, open jobs, hold, counts",
    query: cluster,
    answers: { 200: { what: "The cluster", schema: "Status" } },
  },
  "POST /v1/tokens": {
    caller: "operator of *",
    summary: "Mint a token; it is shown this once",
    body: { schema: "Mint", example: { role: "agent", cluster: "home" } },
    answers: { 201: { what: "The token", schema: "Minted" } },
  },
  "DELETE /v1/tokens/{id}": {
    caller: "operator of *",
    summary: "Revoke a token in every cluster",
    answers: { 204: { what: "It is revoked" } },
    problems: [422],
  },
  "POST /v1/agent/claim": {
    caller: "agent",
    summary: "Ask for a job to work on",
    body: {
      schema: "ClaimRequest",
      example: {
        protocol: 1,
        agent: "node-a",
        process: "0c6d1f7e-93f4-4a0e-8a3b-1d2f0a9b7c55",
        claimId: "5b0c9e0e-7c1f-4a53-9a2e-0f6d3c1b2a4d",
        version: "0.1.0",
        node: "node-a",
        kinds: ["remediate", "diagnose", "withdraw", "recheck"],
      },
    },
    answers: { 200: { what: "A leased job, or null", schema: "ClaimReply" } },
    problems: [426],
  },
  "POST /v1/agent/jobs/{id}/progress": {
    caller: "agent",
    summary: "Renew the lease; say what is about to be written",
    body: {
      schema: "ProgressRequest",
      example: { protocol: 1, fence: 1, seq: 9, stage: "probe", intent: null },
    },
    answers: { 200: { what: "The lease is renewed", schema: "ProgressReply" } },
    problems: [404, 409, 426],
  },
  "POST /v1/agent/jobs/{id}/report": {
    caller: "agent",
    summary: "Hand the job back with a report",
    body: {
      schema: "ReportRequest",
      example: { protocol: 1, fence: 1, seq: 9, disposition: "release", report: null },
    },
    answers: { 200: { what: "What the job is now", schema: "ReportReply" } },
    problems: [404, 409, 426],
  },
  "GET /v1/agent/doorbell": {
    caller: "agent",
    summary: "A WebSocket that says when there is something to claim",
    query: { protocol: z.coerce.number().check(z.int()) },
    answers: { 101: { what: "A WebSocket" } },
    problems: [422, 426],
  },
};
