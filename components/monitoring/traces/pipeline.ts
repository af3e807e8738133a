/** What the OpenTelemetry collector does with traces: take, redact, batch, send. */
import { stringify } from "yaml";
import { sensitiveWords } from "../logs/script.ts";

export const PORTS = { grpc: 4317, http: 4318, health: 13_133 } as const;

/** Where traces go. */
export type Destination =
  /** Something that takes OTLP by HTTP at `<endpoint>/v1/traces`. */
  | { kind: "otlp"; endpoint: string }
  /** AWS X-Ray of the region, by its OTLP endpoint; requests are signed by the pods' role. */
  | { kind: "xray"; region: string };

/** `token=abc` in an address or a statement, and what is a secret by its look. */
const SECRET_VALUES = [
  `(?i)\\b[\\w.-]*(?:${sensitiveWords().join("|")})[\\w.-]*=[^&\\s;]+`,
  "(?i)\\b(?:bearer|basic)\\s+[\\w.~+/=-]+",
  "\\beyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*",
  "://[^/\\s:@]*:[^/\\s]+@",
];

/**
 * The collector's configuration. It samples nothing: the application's SDK does (OTEL_TRACES_SAMPLER_ARG), by the trace's id and
 * its parent's decision, and a second sampler would keep a share of that share.
 */
export function pipeline(destination: Destination): string {
  return stringify(settings(destination), { lineWidth: 0 });
}

export function settings(destination: Destination) {
  const signer = destination.kind === "xray" ? { sigv4auth: { region: destination.region, service: "xray" } } : {};
  return {
    extensions: { health_check: { endpoint: `0.0.0.0:${PORTS.health}` }, ...signer },
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${PORTS.grpc}`, max_recv_msg_size_mib: 4 }, http: { endpoint: `0.0.0.0:${PORTS.http}`, max_request_body_size: 4_194_304 } } } },
    processors: {
      // First: what it refuses, the SDK sends again, instead of the pod running out of memory.
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
      redaction: { allow_all_keys: true, blocked_key_patterns: [`(?i)(?:${sensitiveWords().join("|")})`], blocked_values: SECRET_VALUES, redact_all_types: true, summary: "silent" },
      // X-Ray takes 10,000 spans and 5 MB at once (CloudWatch user guide, "OTLP Endpoint").
      batch: { timeout: "5s", send_batch_size: 1024, send_batch_max_size: 2048 },
    },
    exporters: {
      otlphttp: {
        ...(destination.kind === "xray" ? { traces_endpoint: `https://xray.${destination.region}.amazonaws.com/v1/traces`, auth: { authenticator: "sigv4auth" } } : { endpoint: destination.endpoint }),
        compression: "gzip",
        retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "300s" },
        sending_queue: { enabled: true, queue_size: 200 },
      },
    },
    service: {
      extensions: ["health_check", ...Object.keys(signer)],
      telemetry: { logs: { level: "info", encoding: "json" }, metrics: { level: "none" } },
      pipelines: { traces: { receivers: ["otlp"], processors: ["memory_limiter", "redaction", "batch"], exporters: ["otlphttp"] } },
    },
  };
}
