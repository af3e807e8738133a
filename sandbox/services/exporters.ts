/**
 * Exporters of the sandbox, of Debian's packages, and what tells Prometheus of them: PostgreSQL, Redis, and the probe of
 * the public route, which ends at an NGINX with TLS in front of the live Service.
 */
import type { ApiClient } from "../cluster/client.ts";
import { exporterImage, nginxImage } from "../images/programs.ts";
import { standIn } from "../workspace/standIn.ts";
import { certificateFor, storeAuthority } from "./authority.ts";
import { applyAll, type KubeObject } from "./objects.ts";

/** As the images run (sandbox/images/rootFs.ts). */
const USER = 10_001;
/** The server with TLS in front of the live Service. */
export const EDGE = "edge";
const DAYS = 90;
/** Time of a scrape, and between two: PostgreSQL's exporter waits for a second before it tries again to log in, and only then says that nobody answers. */
const PATIENCE = "3s";

export interface ExportersOptions {
  /** Where Prometheus is, and what its objects are picked by. */
  namespace: string;
  labels: Record<string, string>;
  /** The live Service: `app.shop`. */
  upstream: string;
  /** The application's database. */
  database: string;
  importImages: (files: readonly string[]) => Promise<void>;
}

/** Brings them into the cluster; they become ready by themselves. */
export async function startExporters(client: ApiClient, options: ExportersOptions): Promise<void> {
  const [blackbox, postgres, redis, nginx] = await Promise.all([exporterImage("blackbox"), exporterImage("postgres"), exporterImage("redis"), nginxImage()]);
  await options.importImages([blackbox, postgres, redis, nginx].map(({ archive }) => archive));
  const host = `${EDGE}.${options.namespace}.svc.cluster.local`;
  await serveCertificate(client, options.namespace, DAYS);
  await applyAll(client, [
    config(options, "blackbox", { "blackbox.yml": JSON.stringify({ modules: { public: { prober: "http", timeout: "2s", http: { preferred_ip_protocol: "ip4", tls_config: { ca_file: "/settings/ca.crt" } } } } }), "ca.crt": (await storeAuthority()).certificate }),
    config(options, EDGE, { "edge.conf": edgeSettings(options.upstream) }),
    pod(options, "blackbox", { image: blackbox.pinned, port: 9115, args: ["--config.file=/settings/blackbox.yml", "--timeout-offset=0.05"], volumes: [settings("blackbox")] }),
    pod(options, "postgres-exporter", { image: postgres.pinned, port: 9187, env: { DATA_SOURCE_URI: `postgres.golive-stores.svc:5432/${options.database}?sslmode=require`, DATA_SOURCE_USER: "postgres", DATA_SOURCE_PASS: standIn("superuser") } }),
    pod(options, "redis-exporter", { image: redis.pinned, port: 9121, args: ["--redis.addr=rediss://redis.golive-stores.svc:6379", "--skip-tls-verification"], env: { REDIS_PASSWORD: standIn("redisAuthToken") } }),
    pod(options, EDGE, { image: nginx.pinned, port: 8443, volumes: [{ name: "settings", at: "/etc/nginx/conf.d", source: { configMap: { name: EDGE } } }, { name: "certificate", at: "/certificate", source: { secret: { secretName: EDGE, defaultMode: 0o440 } } }] }),
    service(options, "blackbox", 9115),
    service(options, EDGE, 443, 8443),
    monitoring(options, "PodMonitor", "exporters", {
      selector: { matchLabels: { "golive.dev/exporter": "true" } },
      podMetricsEndpoints: [{ port: "metrics", interval: PATIENCE, scrapeTimeout: PATIENCE }],
    }),
    monitoring(options, "Probe", "public", {
      prober: { url: `blackbox.${options.namespace}.svc:9115`, path: "/probe" },
      // One probe that is late on a busy machine would begin the hour of the certificate's alert anew.
      module: "public", interval: PATIENCE, scrapeTimeout: PATIENCE,
      targets: { staticConfig: { static: [`https://${host}/health/ready`], labels: { probe: "public" } } },
    }),
  ]);
}

/** Puts a certificate that is valid for so many days in front of the public route; the pod reads it when it is made anew. */
export async function serveCertificate(client: ApiClient, namespace: string, days: number): Promise<void> {
  const { certificate, key } = await certificateFor(await storeAuthority(), [`${EDGE}.${namespace}.svc.cluster.local`], days);
  await applyAll(client, [{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name: EDGE, namespace }, stringData: { "tls.crt": certificate, "tls.key": key } }]);
}

function edgeSettings(upstream: string): string {
  return `server {
  listen 8443 ssl;
  ssl_certificate /certificate/tls.crt;
  ssl_certificate_key /certificate/tls.key;
  location / { proxy_pass http://${upstream}.svc.cluster.local; proxy_connect_timeout 1s; proxy_read_timeout 5s; }
}
`;
}

interface Server {
  image: string;
  port: number;
  args?: string[];
  env?: Record<string, string>;
  volumes?: { name: string; at: string; source: Record<string, unknown> }[];
}

function settings(name: string): NonNullable<Server["volumes"]>[number] {
  return { name: "settings", at: "/settings", source: { configMap: { name } } };
}

function config({ namespace }: ExportersOptions, name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

function service({ namespace }: ExportersOptions, name: string, port: number, targetPort = port): KubeObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ port, targetPort }] } };
}

function monitoring({ namespace, labels }: ExportersOptions, kind: string, name: string, spec: Record<string, unknown>): KubeObject {
  return { apiVersion: "monitoring.coreos.com/v1", kind, metadata: { name, namespace, labels }, spec };
}

function pod({ namespace }: ExportersOptions, name: string, { image, port, args = [], env = {}, volumes = [] }: Server): KubeObject {
  const all = [...volumes, { name: "data", at: "/data", source: { emptyDir: {} } }, { name: "tmp", at: "/tmp", source: { emptyDir: {} } }];
  const exporter = name === EDGE ? {} : { "golive.dev/exporter": "true" };
  return {
    apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...exporter } },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [{
            name, image, args, imagePullPolicy: "IfNotPresent",
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ports: [{ name: name === EDGE ? "https" : "metrics", containerPort: port }],
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
            resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "96Mi" } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
            volumeMounts: all.map((volume) => ({ name: volume.name, mountPath: volume.at })),
          }],
          volumes: all.map((volume) => ({ name: volume.name, ...volume.source })),
        },
      },
    },
  };
}
