/** The application's route: host, certificate, redirect, headers; and its rate limit (API k8s.nginx.org/v1). */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../component.ts";
import { securityHeaders } from "./headers.ts";
import type { IngressArgs } from "./index.ts";
import { labelsOf } from "./labels.ts";

export type CustomResourceArgs = k8s.apiextensions.CustomResourceArgs & { spec: Record<string, unknown> };

export const RATE_LIMIT_NAME = "rate-limit";

/**
 * Each replica counts for itself, so each gets its part of the rate; in requests a minute, because a third of ten a
 * second is no whole number. The burst is not divided: 20 requests at once are served even if all of them meet one
 * replica. (The controller's own `scale` rounds to whole requests a second.)
 */
export function replicaRate(requestsPerSecond: number, replicas: number): string {
  return `${Math.max(1, Math.floor((requestsPerSecond * 60) / replicas))}r/m`;
}

export function rateLimitPolicy(name: string, args: IngressArgs, chart: pulumi.Resource, parent: pulumi.Resource): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(`${name}-rate-limit`, ...transformed<CustomResourceArgs>(args.transform?.policy, {
    apiVersion: "k8s.nginx.org/v1",
    kind: "Policy",
    metadata: { name: RATE_LIMIT_NAME, namespace: args.appService.namespace, labels: labelsOf(args) },
    spec: {
      ingressClassName: "nginx",
      rateLimit: {
        rate: replicaRate(args.requestsPerSecond, args.replicas),
        key: "${binary_remote_addr}",
        burst: args.burst,
        noDelay: true,
        // 16 MB hold about 250,000 addresses (64 bytes each for IPv4, NGINX documentation of limit_req_zone: 16,000 a megabyte).
        zoneSize: "16m",
        rejectCode: 429,
        logLevel: "warn",
      },
    },
  }, { parent, dependsOn: [chart] }));
}

export interface RouteParts {
  chart: pulumi.Resource;
  limit: pulumi.Resource;
  certificate: pulumi.Resource;
}

export function virtualServer(name: string, args: IngressArgs, parts: RouteParts, parent: pulumi.Resource): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(`${name}-virtual-server`, ...transformed<CustomResourceArgs>(args.transform?.virtualServer, {
    apiVersion: "k8s.nginx.org/v1",
    kind: "VirtualServer",
    metadata: { name: args.appService.name, namespace: args.appService.namespace, labels: labelsOf(args) },
    spec: {
      ingressClassName: "nginx",
      host: args.host,
      tls: { secret: "app-tls", redirect: { enable: true, code: 301, basedOn: "scheme" } },
      policies: [{ name: RATE_LIMIT_NAME }],
      upstreams: servicesOf(args).map((service) => upstream(args, service)),
      routes: [{ path: "/", ...traffic(args) }],
    },
  }, { parent, dependsOn: [parts.chart, parts.limit, parts.certificate, ...(args.routeAfter ?? [])], hooks: args.canary?.hooks }));
}

/** Each upstream has the name of its Service. */
function servicesOf({ appService, canary }: IngressArgs): string[] {
  return canary?.shares.map(({ service }) => service) ?? [appService.name];
}

function traffic(args: IngressArgs): Record<string, unknown> {
  const to = (service: string) => ({ proxy: { upstream: service, requestHeaders: requestHeaders(), responseHeaders: responseHeaders(args) } });
  if (args.canary === undefined) return { action: to(args.appService.name) };
  return { splits: args.canary.shares.map(({ service, weight }) => ({ weight, action: to(service) })) };
}

/** A request goes to a second pod when the first can not be reached; never when it has begun to answer. */
function upstream(args: IngressArgs, service: string): Record<string, unknown> {
  return {
    name: service,
    service,
    port: args.appService.port,
    "connect-timeout": "5s",
    "read-timeout": "60s",
    "send-timeout": "60s",
    "next-upstream": "error timeout",
    "next-upstream-timeout": "10s",
    "next-upstream-tries": 2,
    "max-fails": 1,
    "fail-timeout": "5s",
    "client-max-body-size": `${args.bodyLimitMb}m`,
    keepalive: 32,
  };
}

/** The application sees one client address, the one that the limiter sees; what the viewer wrote is gone. */
function requestHeaders(): Record<string, unknown> {
  return {
    pass: true,
    set: [
      { name: "Host", value: "${host}" },
      { name: "X-Real-IP", value: "${remote_addr}" },
      { name: "X-Forwarded-For", value: "${remote_addr}" },
      { name: "X-Forwarded-Proto", value: "${scheme}" },
    ],
  };
}

/** What the application says under these names is hidden, so that no response has two of one. `always`: on errors too. */
function responseHeaders(args: IngressArgs): Record<string, unknown> {
  const headers = securityHeaders(args);
  return {
    hide: [...headers.map((header) => header.name), "X-Powered-By", "Server"],
    add: headers.map((header) => ({ ...header, always: true })),
  };
}
