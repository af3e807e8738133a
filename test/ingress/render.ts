/**
 * The server configuration that NGINX Ingress Controller makes of our ConfigMap, VirtualServer and Policy, for the
 * keys that the tests are about. It refuses keys that it does not know, so that a new one is not silently untested.
 *
 * Follows the controller's templates in meaning (internal/configs/version1/nginx.tmpl and version2/nginx.virtualserver.tmpl
 * of release 5.2): `limit_req` and real-IP in the server, proxy and `add_header … always` in the location; splits by
 * `split_clients` on the request's id, to internal locations.
 */

export interface VirtualServerSpec {
  host: string;
  tls: { secret: string; redirect: { enable: boolean; code: number; basedOn: string } };
  policies: { name: string }[];
  upstreams: Record<string, unknown>[];
  routes: ({ path: string } & (Action | { splits: ({ weight: number } & Action)[] }))[];
}

interface Action {
  action: {
    proxy: {
      upstream: string;
      requestHeaders: { pass: boolean; set: { name: string; value: string }[] };
      responseHeaders: { hide: string[]; add: { name: string; value: string; always: boolean }[] };
    };
  };
}

export interface RateLimitSpec {
  rate: string;
  key: string;
  burst: number;
  noDelay: boolean;
  zoneSize: string;
  rejectCode: number;
  logLevel: string;
}

export interface RenderArgs {
  config: Record<string, string>;
  server: VirtualServerSpec;
  limit: RateLimitSpec;
  /** Folder with server.crt and server.key, for pid, logs and temporary files. */
  folder: string;
  listen: { address: string; http: number; https: number };
  /** host:port behind each Service. */
  upstreams: Record<string, string>;
}

/** Keys that the controller reads but that say nothing about one server of a test, or that NGINX 1.22 spells otherwise. */
const NOT_RENDERED = new Set([
  "hsts", "hsts-max-age", "hsts-include-subdomains", "redirect-to-https", "ssl-redirect", "default-server-access-log-off", "proxy-connect-timeout",
  "proxy-read-timeout", "proxy-send-timeout", "client-max-body-size", "keepalive",
]);

export function renderNginx(args: RenderArgs): string {
  const config = reader(args.config);
  const main = `
daemon off;
worker_processes 1;
worker_shutdown_timeout ${config("worker-shutdown-timeout")};
pid ${args.folder}/nginx.pid;
error_log ${args.folder}/error.log ${config("error-log-level")};
events { worker_connections 256; }
http {
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `  ${kind}_temp_path ${args.folder}/${kind};`).join("\n")}
  log_format main escape=${config("log-format-escaping")} '${config("log-format")}';
  access_log ${args.folder}/access.log main;
  keepalive_timeout ${config("keepalive-timeout")};
  map $request_uri $request_uri_no_args { "~^(?P<path>[^?]*)(\\?.*)?$" $path; }
  ssl_protocols ${config("ssl-protocols")};
  ssl_ciphers "${config("ssl-ciphers")}";
  ${config("ssl-prefer-server-ciphers") === "true" ? "ssl_prefer_server_ciphers on;" : ""}
${args.server.upstreams.map((upstream) => `  upstream ${String(upstream["name"])} { server ${args.upstreams[String(upstream["service"])] ?? ""}; keepalive ${String(upstream["keepalive"])}; }`).join("\n")}
${args.server.routes.map((route, at) => ("splits" in route ? splitClients(route.splits, at) : "")).join("\n")}
  limit_req_zone ${variables(args.limit.key)} zone=limit:${args.limit.zoneSize} rate=${args.limit.rate};
${defaultServer(args, config)}
${virtualServer(args, config)}
}
`;
  config.finish();
  return main;
}

/** Certificate and health answer of the default server, which the load balancer's health check meets. */
function defaultServer(args: RenderArgs, config: Reader): string {
  return `  server {
    listen ${args.listen.address}:${args.listen.https} ssl${config("http2") === "true" ? " http2" : ""} default_server;
    server_name _;
    ${certificate(args)}
    server_tokens ${tokens(config)};
    location /nginx-health { default_type text/plain; return 200 "healthy\\n"; }
    location / { return 404; }
  }`;
}

function virtualServer(args: RenderArgs, config: Reader): string {
  const { server, limit } = args;
  const { redirect } = server.tls;
  return `  server {
    listen ${args.listen.address}:${args.listen.http};
    listen ${args.listen.address}:${args.listen.https} ssl;
    server_name ${server.host};
    ${certificate(args)}
    ${redirect.enable ? `if ($${redirect.basedOn} = 'http') { return ${redirect.code} https://$host$request_uri; }` : ""}
    server_tokens ${tokens(config)};
${config("set-real-ip-from").split(",").map((cidr) => `    set_real_ip_from ${cidr};`).join("\n")}
    real_ip_header ${config("real-ip-header")};
    ${config("real-ip-recursive") === "true" ? "real_ip_recursive on;" : ""}
    limit_req_log_level ${limit.logLevel};
    limit_req_status ${limit.rejectCode};
    limit_req zone=limit burst=${limit.burst}${limit.noDelay ? " nodelay" : ""};
${server.routes.map((route, at) => location(route, at, server)).join("\n")}
  }`;
}

/** Shares in percent; the last one gets what is left, so that they are 100 together. */
function splitClients(splits: { weight: number }[], route: number): string {
  const lines = splits.map(({ weight }, at) => `${at === splits.length - 1 ? "*" : `${weight}%`} ${internalPath(route, at)};`);
  return `  split_clients $request_id $split_${route} { ${lines.join(" ")} }`;
}

function internalPath(route: number, split: number): string {
  return `/internal_location_splits_${route}_split_${split}`;
}

function location(route: VirtualServerSpec["routes"][number], at: number, server: VirtualServerSpec): string {
  if (!("splits" in route)) return proxied(route.path, "", route, server);
  if (route.splits.reduce((sum, { weight }) => sum + weight, 0) !== 100) throw new Error(`the splits of route ${route.path} are not 100 together`);
  return [
    `    location ${route.path} { rewrite ^ $split_${at} last; }`,
    ...route.splits.map((split, i) => proxied(internalPath(at, i), "internal; ", split, server)),
  ].join("\n");
}

function proxied(path: string, internal: string, { action: { proxy } }: Action, server: VirtualServerSpec): string {
  const upstream = server.upstreams.find((u) => u["name"] === proxy.upstream);
  if (upstream === undefined) throw new Error(`route ${path} names upstream ${proxy.upstream}, which is not declared`);
  return `    location ${path} {
      ${internal}client_max_body_size ${String(upstream["client-max-body-size"])};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
${proxy.requestHeaders.set.map((h) => `      proxy_set_header ${h.name} "${variables(h.value)}";`).join("\n")}
${proxy.responseHeaders.hide.map((name) => `      proxy_hide_header ${name};`).join("\n")}
${proxy.responseHeaders.add.map((h) => `      add_header ${h.name} "${h.value}" ${h.always ? "always" : ""};`).join("\n")}
      proxy_pass http://${proxy.upstream}${internal === "" ? "" : "$request_uri"};
    }`;
}

function certificate({ folder }: RenderArgs): string {
  return `ssl_certificate ${folder}/server.crt; ssl_certificate_key ${folder}/server.key;`;
}

function tokens(config: Reader): string {
  return config("server-tokens") === "true" ? "on" : "off";
}

/** `${name}` of the controller's resources is `$name` of NGINX. */
function variables(text: string): string {
  return text.replaceAll(/\$\{(\w+)\}/g, "$$$1");
}

interface Reader {
  (key: string): string;
  /** Throws when a key was neither read nor is known to be out of scope. */
  finish(): void;
}

function reader(config: Record<string, string>): Reader {
  const read = new Set<string>();
  const get = (key: string): string => {
    const value = config[key];
    if (value === undefined) throw new Error(`the ConfigMap has no key ${key}`);
    read.add(key);
    return value;
  };
  const finish = (): void => {
    const unknown = Object.keys(config).filter((key) => !read.has(key) && !NOT_RENDERED.has(key));
    if (unknown.length > 0) throw new Error(`the ConfigMap has keys that this test does not render: ${unknown.join(", ")}`);
  };
  return Object.assign(get, { finish });
}
