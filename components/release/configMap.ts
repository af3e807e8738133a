/** The application's configuration: environment variables without secrets, in a ConfigMap named by its content. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { colorSelector } from "../application/labels.ts";
import { hashOf } from "../contentHash.ts";
import type { ColorArgs } from "./color.ts";

/** Pod annotation with the hash of the configuration and of the versions of the secrets; a change of either rolls the pods. */
export const CONFIG_HASH_ANNOTATION = "golive.dev/config-hash";

/** Fields whose values must not be logged, in any case and as a part of a name. */
export const REDACTED_FIELDS = ["password", "token", "key", "secret", "authorization", "cookie", "session"];

/** What the deep check must look at before it says healthy; release gates rely on all of them. */
const DEEP_CHECKS = ["database", "cache", "fileStorage", "security", "export"];

export interface HashedConfig {
  configMap: k8s.core.v1.ConfigMap;
  hash: pulumi.Output<string>;
}

/**
 * Immutable, and a new one for each content: pods that run on keep theirs until they are replaced, so that a
 * rollback of pods is a rollback of their configuration.
 */
export function configMap(name: string, args: ColorArgs, parent: pulumi.Resource): HashedConfig {
  const data = pulumi.output(environment(args));
  const contentHash = data.apply(hashOf);
  const map = new k8s.core.v1.ConfigMap(`${name}-${args.color}-config`, {
    metadata: {
      name: contentHash.apply((hash) => `app-config-${hash}`),
      namespace: args.namespace,
      labels: { ...args.labels, ...colorSelector(args, args.color) },
    },
    immutable: true,
    data,
  }, { parent });
  const hash = pulumi.all([data, args.secretsVersion ?? ""]).apply(([values, version]) => hashOf({ ...values, "": version }));
  return { configMap: map, hash };
}

/** Every variable, by what it is about; `settings` win, so that an application with other names can map them. */
export function environment(args: ColorArgs): Record<string, pulumi.Input<string>> {
  return {
    ...basics(args),
    ...stores(args),
    ...security(args),
    ...observability(args),
    ...args.settings,
  };
}

function basics(args: ColorArgs): Record<string, string> {
  return {
    ...place(args),
    APP_COLOR: args.color,
    PORT: String(args.port),
    PUBLIC_URL: `https://${args.host}`,
    HEALTH_READY_PATH: args.health.ready,
    HEALTH_LIVE_PATH: args.health.live,
    HEALTH_DEEP_PATH: args.health.deep,
    HEALTH_DEEP_CHECKS: DEEP_CHECKS.join(","),
    METRICS_PATH: args.metricsPath,
    SHUTDOWN_SECONDS: String(args.drain.gracePeriodSeconds - args.drain.preStopSeconds),
  };
}

/** Where a container finds itself: the application's and its migrations'. */
export function place(args: Pick<ColorArgs, "name" | "environment" | "region">): Record<string, string> {
  return {
    APP_NAME: args.name,
    APP_ENVIRONMENT: args.environment,
    TMPDIR: "/tmp",
    AWS_REGION: args.region,
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
  };
}

/**
 * DATABASE_HOST is an alias that survives a restore into a new instance. Its name is not in the server's certificate, so
 * the check is of the authority (`verify-ca`); an IAM token is signed for DATABASE_TOKEN_HOST, the instance's own name.
 */
export function writer(postgres: Pick<ColorArgs["postgres"], "writerHost" | "port" | "databaseName" | "endpoint">, user: string): Record<string, pulumi.Input<string>> {
  return {
    DATABASE_HOST: postgres.writerHost,
    DATABASE_PORT: String(postgres.port),
    DATABASE_NAME: postgres.databaseName,
    DATABASE_USER: user,
    DATABASE_AUTHENTICATION: "iam",
    DATABASE_SSL_MODE: "verify-ca",
    DATABASE_TOKEN_HOST: postgres.endpoint,
  };
}

/**
 * Readers: DATABASE_READER_ENDPOINTS names every instance to read from by its own name. A reader chooses one, connects
 * to it and signs the IAM token for that very name; behind the alias DATABASE_READER_HOST, which changes between them,
 * a token is good for one of them only.
 */
function stores(args: ColorArgs): Record<string, pulumi.Input<string>> {
  const { postgres, redis } = args;
  return {
    ...writer(postgres, postgres.user),
    DATABASE_READER_HOST: postgres.readerHost,
    DATABASE_READER_ENDPOINTS: pulumi.all(postgres.readerEndpoints).apply((hosts) => hosts.join(",")),
    REDIS_HOST: redis.host,
    ...(redis.readerHost === undefined ? {} : { REDIS_READER_HOST: redis.readerHost }),
    REDIS_PORT: String(redis.port),
    REDIS_TLS: "true",
    SESSION_REDIS_HOST: redis.sessionsHost,
    FILES_BUCKET: args.filesBucket.name,
  };
}

function security({ security: s }: ColorArgs): Record<string, string> {
  return {
    ACCESS_TOKEN_SECONDS: String(s.accessTokenSeconds),
    REFRESH_TOKEN_SECONDS: String(s.refreshTokenSeconds),
    SESSION_SECONDS: String(s.sessionSeconds),
    RATE_LIMIT_PER_MINUTE: String(s.requestsPerMinute),
    RATE_LIMIT_PER_HOUR: String(s.requestsPerHour),
    RATE_LIMIT_BURST: String(s.burst),
    UPLOAD_MAX_BYTES: String(s.uploadMaxMb * 1024 * 1024),
    UPLOAD_TYPES: s.uploadTypes.join(","),
    MFA_REQUIRED: String(s.mfaRequired),
    // One hop: NGINX replaces X-Forwarded-For by the one address it has found.
    TRUSTED_PROXY_HOPS: "1",
  };
}

/** Variables that start with OTEL_ are OpenTelemetry's own (specification, "Environment Variable Specification"). */
function observability(args: ColorArgs): Record<string, string> {
  return {
    LOG_FORMAT: "json",
    LOG_LEVEL: "info",
    LOG_REDACTED_FIELDS: REDACTED_FIELDS.join(","),
    OTEL_SERVICE_NAME: args.name,
    // Without an exporter named, an SDK would send to a collector on its own host.
    ...(args.traceEndpoint === undefined ? { OTEL_TRACES_EXPORTER: "none" } : { OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: args.traceEndpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }),
    // The only place where traces are sampled; the collector keeps what it is sent.
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: String(args.traceSamplingRate),
    OTEL_METRICS_EXPORTER: "none",
    // The DSN itself is a secret. The release is the image, so that an error says which one to roll back.
    ...(args.errorTracking === true ? { SENTRY_ENVIRONMENT: args.environment, SENTRY_RELEASE: `${args.name}@${digestOf(args.image)}` } : {}),
  };
}

/** Twelve digits of the image's digest. */
function digestOf(image: string): string {
  return image.slice(image.indexOf("@sha256:") + "@sha256:".length).slice(0, 12);
}
