/**
 * Real PostgreSQL and Redis behind the instances that the simulated cloud has by name only: made as soon as the stack's
 * state says what they are called, reached under the very names that AWS would give them (sandbox/cluster/dns.ts), with
 * TLS from an authority that the sandbox's images trust.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import type { ApiClient } from "../cluster/client.ts";
import { STORE_ADDRESSES } from "../cluster/dns.ts";
import { postgresImage, redisImage } from "../images/programs.ts";
import { standIn } from "../workspace/standIn.ts";
import { certificateFor, storeAuthority } from "./authority.ts";
import { applyAll, type KubeObject } from "./objects.ts";

const NAMESPACE = "golive-stores";
const POLL_MS = 250;
/** As the images run (sandbox/images/rootFs.ts). */
const USER = 10_001;

export interface StoresOptions {
  /** The engine's checkpoint of the stack (JSON), written after every step. */
  state: string;
  /** Ends the waiting for it. */
  signal: AbortSignal;
  importImages: (files: readonly string[]) => Promise<void>;
}

interface Instance {
  names: string[];
  database: string;
  master: string;
}

/** Waits for the database in the state, and brings it and the cache to life. Resolves when both are declared in the cluster. */
export async function followStores(client: ApiClient, { state, signal, importImages }: StoresOptions): Promise<void> {
  const [postgres, redis, authority] = await Promise.all([postgresImage(), redisImage(), storeAuthority()]);
  await importImages([postgres.archive, redis.archive]);
  let found: Awaited<ReturnType<typeof storesOf>>;
  while ((found = await storesOf(state)) === undefined) await delay(POLL_MS, undefined, { signal });
  const { instance, caches } = found;
  const certificate = await certificateFor(authority, [...instance.names, ...caches]);
  await applyAll(client, [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    object("v1", "Secret", "certificate", { stringData: { "tls.crt": certificate.certificate, "tls.key": certificate.key } }),
    object("v1", "Secret", "passwords", { stringData: { superuser: standIn("superuser"), cache: standIn("redisAuthToken") } }),
    object("v1", "ConfigMap", "postgres", { data: { "init.sql": firstStatements(instance), "pg_hba.conf": hostRules(instance) } }),
    object("v1", "Service", "postgres", service("postgres", 5432)),
    object("v1", "Service", "redis", service("redis", 6379)),
    deployment("postgres", postgres.pinned, {
      args: ["-c", "ssl=on", "-c", "ssl_cert_file=/certificate/tls.crt", "-c", "ssl_key_file=/certificate/tls.key", "-c", "fsync=off", "-c", "max_connections=100"],
      env: [["POSTGRES_PASSWORD_FILE", "/passwords/superuser"], ["POSTGRES_DB", instance.database], ["POSTGRES_INIT", "/settings/init.sql"], ["POSTGRES_HBA", "/settings/pg_hba.conf"]],
      port: 5432,
      volumes: [["settings", { configMap: { name: "postgres" } }]],
    }),
    deployment("redis", redis.pinned, {
      args: ["--port", "0", "--tls-port", "6379", "--tls-cert-file", "/certificate/tls.crt", "--tls-key-file", "/certificate/tls.key", "--tls-auth-clients", "no", "--requirepass", "$(PASSWORD)", "--save", ""],
      env: [],
      port: 6379,
      volumes: [],
    }),
  ]);
}

interface State {
  checkpoint?: { latest?: { resources?: { type: string; outputs?: Record<string, unknown> }[] } };
}

/** What the state says of database and cache; undefined until both are there. */
async function storesOf(file: string): Promise<{ instance: Instance; caches: string[] } | undefined> {
  let state: State;
  try {
    state = JSON.parse(await readFile(file, "utf8")) as State;
  } catch {
    // Not there yet, or being written.
    return undefined;
  }
  const of = (type: string): Record<string, unknown>[] => (state.checkpoint?.latest?.resources ?? []).filter((resource) => resource.type === type).map(({ outputs = {} }) => outputs);
  const databases = of("aws:rds/instance:Instance").filter(({ address }) => typeof address === "string");
  const caches = of("aws:elasticache/replicationGroup:ReplicationGroup").flatMap(({ primaryEndpointAddress, readerEndpointAddress }) => [primaryEndpointAddress, readerEndpointAddress]).filter((name) => typeof name === "string" && name !== "");
  const primary = databases.find(({ dbName }) => typeof dbName === "string" && dbName !== "");
  if (primary === undefined || caches.length === 0) return undefined;
  return { instance: { names: databases.map(({ address }) => String(address)), database: String(primary["dbName"]), master: String(primary["username"]) }, caches: caches.map(String) };
}

/** What RDS has made before anybody logs in: its roles, and the master user, who may make roles and is no superuser. */
function firstStatements({ master, database }: Instance): string {
  const password = standIn("postgresMasterPassword");
  return [
    "create role rds_iam nologin",
    "create role rds_superuser nologin",
    "grant pg_monitor, pg_signal_backend, pg_read_all_data to rds_superuser with admin option",
    `create role "${master}" login createrole createdb password '${password}' in role rds_superuser`,
    `alter database "${database}" owner to "${master}"`,
    `alter schema public owner to "${master}"`,
  ].map((statement) => `${statement};\n\n`).join("");
}

/** Nobody without TLS. Who is in rds_iam comes in by a token, which nobody here can check; everybody else by a password. */
function hostRules({ master }: Instance): string {
  return [
    "local all postgres trust",
    `hostssl all "${master}" all scram-sha-256`,
    "hostssl all postgres all scram-sha-256",
    "hostssl all +rds_iam all trust",
    "hostssl all all all scram-sha-256",
  ].map((line) => `${line}\n`).join("");
}

function object(apiVersion: string, kind: string, name: string, rest: Record<string, unknown>): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE, labels: { app: name } }, ...rest };
}

function service(name: keyof typeof STORE_ADDRESSES, port: number): Record<string, unknown> {
  return { spec: { clusterIP: STORE_ADDRESSES[name], selector: { app: name }, ports: [{ port, targetPort: port }] } };
}

interface Server {
  args: string[];
  env: [name: string, value: string][];
  port: number;
  volumes: [name: string, source: Record<string, unknown>][];
}

function deployment(name: string, image: string, { args, env, port, volumes }: Server): KubeObject {
  const all: Server["volumes"] = [
    ["certificate", { secret: { secretName: "certificate", defaultMode: 0o440 } }],
    ["passwords", { secret: { secretName: "passwords", defaultMode: 0o440 } }],
    ["data", { emptyDir: { sizeLimit: "2Gi" } }],
    ["tmp", { emptyDir: { sizeLimit: "256Mi" } }],
    ...volumes,
  ];
  const container = {
    name, image, args, imagePullPolicy: "IfNotPresent",
    env: [...env.map(([key, value]) => ({ name: key, value })), { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "passwords", key: "cache" } } }],
    ports: [{ containerPort: port }],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
    volumeMounts: all.map(([volume]) => ({ name: volume, mountPath: `/${volume}` })),
  };
  const labels = { app: name };
  return object("apps/v1", "Deployment", name, {
    spec: {
      selector: { matchLabels: labels },
      // Two servers on one folder would damage it.
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [container],
          volumes: all.map(([volume, source]) => ({ name: volume, ...source })),
        },
      },
    },
  });
}

/** Waits until both servers take connections. @throws UserError when they do not */
export async function storesReady(client: ApiClient, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const answers = await Promise.all(["postgres", "redis"].map((name) => client.get(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`)));
    if (answers.every(({ body }) => ((body as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0) > 0)) return;
    if (Date.now() > until) throw new UserError(`PostgreSQL and Redis were not ready after ${milliseconds / 1000} s.`, `See why: kubectl describe pods -n ${NAMESPACE}`);
    await delay(POLL_MS);
  }
}
