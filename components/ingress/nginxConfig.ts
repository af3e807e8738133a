/** The controller's ConfigMap: what holds for every server. Keys are those of NGINX Ingress Controller 5. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { IngressArgs } from "./index.ts";
import { labelsOf } from "./labels.ts";

/** Name that the controller is started with; declared here and not by the chart, so that policies read it even where the chart was not fetched. */
export const CONFIG_NAME = "nginx-config";

/** Forward secrecy and authenticated encryption only (Mozilla, "intermediate"); TLS 1.3 has no other. */
const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * One JSON object a line. No headers but the user agent, no cookies, and of the address only the path: query strings
 * carry tokens and keys (controller's own map `request_uri_no_args`).
 */
export const LOG_FORMAT = `{${[
  '"time":"$time_iso8601"', '"remote_addr":"$remote_addr"', '"method":"$request_method"', '"host":"$host"', '"path":"$request_uri_no_args"',
  '"protocol":"$server_protocol"', '"status":"$status"', '"bytes":"$body_bytes_sent"', '"request_length":"$request_length"',
  '"duration":"$request_time"', '"upstream":"$upstream_addr"', '"upstream_status":"$upstream_status"', '"upstream_duration":"$upstream_response_time"',
  '"tls":"$ssl_protocol"', '"request_id":"$request_id"', '"limit":"$limit_req_status"', '"user_agent":"$http_user_agent"',
].join(",")}}`;

/** Data of the ConfigMap. */
export function nginxConfigData(args: IngressArgs): Record<string, string> {
  return {
    "ssl-protocols": "TLSv1.2 TLSv1.3",
    "ssl-ciphers": CIPHERS,
    "ssl-prefer-server-ciphers": "true",
    // For Ingress objects; VirtualServers get their headers from their own declaration, this key does not reach them.
    "hsts": "true",
    "hsts-max-age": String(args.hstsSeconds),
    "hsts-include-subdomains": "true",
    "redirect-to-https": "false",
    "ssl-redirect": "true",
    "real-ip-header": "X-Forwarded-For",
    "real-ip-recursive": "true",
    "set-real-ip-from": trustedProxies(args).join(","),
    "server-tokens": "false",
    "client-max-body-size": `${args.bodyLimitMb}m`,
    "http2": "true",
    "log-format": LOG_FORMAT,
    "log-format-escaping": "json",
    "error-log-level": "warn",
    "default-server-access-log-off": "true",
    "keepalive": "32",
    // Longer than the load balancer's 60 s, so that it never sends into a connection that NGINX is closing.
    "keepalive-timeout": "75s",
    "proxy-connect-timeout": "5s",
    "proxy-read-timeout": "60s",
    "proxy-send-timeout": "60s",
    // Old workers after a reload end even if a client holds its connection.
    "worker-shutdown-timeout": "60s",
  };
}

export function trustedProxies(args: IngressArgs): string[] {
  return args.trustedProxyCidrs ?? [args.vpcCidr];
}

export function nginxConfig(name: string, args: IngressArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(`${name}-config`, {
    metadata: { name: CONFIG_NAME, namespace: namespace.metadata.name, labels: labelsOf(args) },
    data: nginxConfigData(args),
  }, { parent });
}
