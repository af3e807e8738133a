/** What Fluent Bit does with the logs of a node: read, join, redact, send. */
import { stringify } from "yaml";

/** Where a line goes by its class; the audit trail is the application's own, see the classes below. */
export const CLASSES = ["application", "ingress", "system", "audit"] as const;
export type LogClass = (typeof CLASSES)[number];

export const PATHS = { settings: "/etc/golive/fluent-bit.yaml", script: "/etc/golive/redact.lua", logs: "/var/log/pods", state: "/var/lib/golive-logs" } as const;
/** Its health, and its metrics for Prometheus. */
export const PORT = 2020;
export const METRICS_PORT = 2021;
/** Tags of log lines; what it makes of them for Prometheus has others, and is neither redacted nor sent to CloudWatch. */
const LINES = "^(application|ingress|system)_";
const OWN_METRICS = "metrics.own";
const ANSWERS = "metrics.answers";

export interface PipelineArgs {
  region: string;
  prefix: string;
  /** Names of the namespaces of the application, of NGINX, and of the collector itself, whose lines about failed sending would make more of them. */
  namespaces: { application: string; ingress: string; own: string };
}

/** Names of the log groups, one a class. */
export function logGroupName(prefix: string, logClass: LogClass): string {
  return `/golive/${prefix}/${logClass}`;
}

/**
 * Fluent Bit's configuration (its documentation, "YAML configuration"). Three inputs, so that a class that writes much holds up
 * no other; a line of the application that says `"audit": true` of itself goes to the audit trail.
 */
export function pipeline(args: PipelineArgs): string {
  const { application, ingress, own } = args.namespaces;
  const folder = (namespace: string) => `${PATHS.logs}/${namespace}_*/*/*.log`;
  return stringify({
    service: {
      flush: 5, grace: 30, log_level: "warn", http_server: "on", http_listen: "0.0.0.0", http_port: PORT, health_check: "on",
      // What is read and not yet sent is kept on the node, and is there after a restart.
      "storage.path": `${PATHS.state}/chunks`, "storage.sync": "normal", "storage.checksum": "off", "storage.backlog.mem_limit": "16M", "storage.max_chunks_up": 32,
    },
    pipeline: {
      inputs: [
        input("application", folder(application)),
        input("ingress", folder(ingress)),
        input("system", `${PATHS.logs}/*/*/*.log`, [folder(application), folder(ingress), folder(own)]),
        { name: "fluentbit_metrics", tag: OWN_METRICS, scrape_interval: 10, scrape_on_start: true },
      ],
      filters: [
        { name: "lua", match_regex: LINES, script: PATHS.script, call: "collect" },
        // After the script, which says the status: NGINX's own metrics count no answers by it.
        {
          name: "log_to_metrics", match_regex: "^ingress_", tag: ANSWERS, metric_mode: "counter", metric_name: "nginx_responses_total", metric_description: "Answers of NGINX by status, as its access log has them.",
          regex: "$status ^[1-5][0-9][0-9]$", add_label: "status $status", flush_interval_sec: 5,
        },
      ],
      outputs: [{
        name: "cloudwatch_logs", match_regex: LINES, region: args.region,
        // The group and the stream are what the script says; without them a line goes to the first name.
        log_group_name: logGroupName(args.prefix, "system"), log_group_template: `/golive/${args.prefix}/$class`,
        log_stream_prefix: "unknown.", log_stream_template: "$source",
        log_key: "message", auto_create_group: "off", retry_limit: "no_limits", "storage.total_limit_size": "512M",
      }, { name: "prometheus_exporter", match: "metrics.*", host: "0.0.0.0", port: METRICS_PORT }],
    },
  }, { lineWidth: 0 });
}

/** The name of a line's place is in its tag; none of its four parts can have an underscore in it. */
function input(logClass: LogClass, path: string, without: string[] = []): Record<string, unknown> {
  return {
    name: "tail", path, ...(without.length === 0 ? {} : { exclude_path: without.join(",") }),
    tag: `${logClass}_<namespace>_<pod>_<container>`,
    tag_regex: "^.*/pods/(?<namespace>[^_/]+)_(?<pod>[^_/]+)_[^/]+/(?<container>[^/]+)/[^/]+\\.log$",
    // Parts of one line that the container runtime wrote apart are joined before anything looks at them: half a secret is not known as one.
    "multiline.parser": "cri",
    db: `${PATHS.state}/${logClass}.db`, "db.locking": true, read_from_head: true, refresh_interval: 10, rotate_wait: 30,
    buffer_max_size: "1M", skip_long_lines: "on", mem_buf_limit: "16M", "storage.type": "filesystem",
  };
}
