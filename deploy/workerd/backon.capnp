# backon's Worker under plain workerd, without Cloudflare. Beside this file lie worker.mjs and public/, as
# `npm run bundle -- package` makes them in dist/worker. Settings are environment variables: docs/settings.md.
#
#   TOKEN_KEY=… CLUSTERS=home workerd serve backon.capnp config --directory-path storage=/var/lib/backon
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "backon", worker = .worker),
    # Jobs, holds, the audit trail: SQLite files. Back this folder up.
    (name = "storage", disk = (path = "storage", writable = true)),
    (name = "assets", disk = (path = "public")),
    # Slack and webhooks; "private" for receivers in your own network.
    (
      name = "internet",
      network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true)),
    ),
  ],
  # Plain HTTP on this machine: put a proxy with TLS before it.
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "backon")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [
    (className = "ClusterQueue", uniqueKey = "backon-ClusterQueue", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [
    (name = "ASSETS", service = "assets"),
    (name = "QUEUE", durableObjectNamespace = "ClusterQueue"),
    (name = "TOKEN_KEY", fromEnvironment = "TOKEN_KEY"),
    (name = "TOKEN_KEY_PREVIOUS", fromEnvironment = "TOKEN_KEY_PREVIOUS"),
    (name = "CLUSTERS", fromEnvironment = "CLUSTERS"),
    (name = "SLACK_SIGNING_SECRET", fromEnvironment = "SLACK_SIGNING_SECRET"),
    (name = "SLACK_SIGNING_SECRET_PREVIOUS", fromEnvironment = "SLACK_SIGNING_SECRET_PREVIOUS"),
    (name = "SLACK_TEAM_ID", fromEnvironment = "SLACK_TEAM_ID"),
    (name = "SLACK_APP_ID", fromEnvironment = "SLACK_APP_ID"),
    (name = "SLACK_MAY_SEE", fromEnvironment = "SLACK_MAY_SEE"),
    (name = "SLACK_MAY_REQUEST", fromEnvironment = "SLACK_MAY_REQUEST"),
    (name = "SLACK_MAY_APPROVE", fromEnvironment = "SLACK_MAY_APPROVE"),
    (name = "LEASE_MS", fromEnvironment = "LEASE_MS"),
    (name = "LEASE_MOST_MS", fromEnvironment = "LEASE_MOST_MS"),
    (name = "ATTEMPTS", fromEnvironment = "ATTEMPTS"),
    (name = "RETRY_MS", fromEnvironment = "RETRY_MS"),
    (name = "JOB_AGE_MS", fromEnvironment = "JOB_AGE_MS"),
    (name = "AWAITING_MS", fromEnvironment = "AWAITING_MS"),
    (name = "APPROVAL_MS", fromEnvironment = "APPROVAL_MS"),
    (name = "HOLD_MS", fromEnvironment = "HOLD_MS"),
    (name = "HOLD_MOST_MS", fromEnvironment = "HOLD_MOST_MS"),
    (name = "HOLD_DISMISSED_MS", fromEnvironment = "HOLD_DISMISSED_MS"),
    (name = "RECHECK_MS", fromEnvironment = "RECHECK_MS"),
    (name = "HEAL_ROUNDS", fromEnvironment = "HEAL_ROUNDS"),
    (name = "HEAL_MS", fromEnvironment = "HEAL_MS"),
    (name = "RELAPSE_MS", fromEnvironment = "RELAPSE_MS"),
    (name = "SLACK_BOT_TOKEN", fromEnvironment = "SLACK_BOT_TOKEN"),
    (name = "SLACK_CHANNELS", fromEnvironment = "SLACK_CHANNELS"),
    (name = "SLACK_WEBHOOK_URL", fromEnvironment = "SLACK_WEBHOOK_URL"),
    (name = "NOTIFY_URL", fromEnvironment = "NOTIFY_URL"),
    (name = "NOTIFY_SECRET", fromEnvironment = "NOTIFY_SECRET"),
    (name = "PUBLIC_URL", fromEnvironment = "PUBLIC_URL"),
    (name = "SLACK_API_URL", fromEnvironment = "SLACK_API_URL"),
    (name = "SLACK_HOOKS_URL", fromEnvironment = "SLACK_HOOKS_URL"),
    (name = "SEND_LIMIT_MS", fromEnvironment = "SEND_LIMIT_MS"),
  ],
);
