/** The exporters as the components declare them, and what they need here: images, authorities, a token, a user of the database. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { MIGRATION_USER, BACKUP_USER, MAINTENANCE_USER, MONITORING_USER, RDS_CERTIFICATES } from "../../../components/jobs/users.ts";
import type { ExportersArgs } from "../../../components/monitoring/exporters/index.ts";
import { EXPORTER_LABEL } from "../../../components/monitoring/exporters/server.ts";
import { ROOT } from "../../../operations/stacks.ts";
import type { ApiClient } from "../../../sandbox/cluster/client.ts";
import { builtExporterImages, exporterImage, type Image, jobsImage } from "../../../sandbox/images/index.ts";
import { storeAuthority } from "../../../sandbox/services/authority.ts";
import { edgeHost } from "../../../sandbox/services/edge.ts";
import { applyAll, type KubeObject } from "../../../sandbox/services/objects.ts";
import { standIn } from "../../../sandbox/workspace/standIn.ts";
import type { AnyRecord } from "../../monitoring/routingConfig.ts";

/** What the simulated cloud calls database and cache; the sandbox's names lead to real ones. */
export const STORES = { database: "shop-sandbox-postgres.us-east-1.rds.amazonaws.com", cache: "shop-sandbox.use1.cache.amazonaws.com", name: "app", master: "golive_master" };
const STORES_NAMESPACE = "golive-stores";
/** As the images run (sandbox/images/rootFs.ts). */
const USER = 10_001;
const AUTHORITY = "authority";
/** Time of a probe, and between two: what is asked is not 30 times as fast, and PostgreSQL's exporter tries twice, a second apart, before it says that nobody answers. */
const PATIENCE = "3s";

export type ExporterImages = Record<"kubeState" | "node" | "blackbox" | "postgres" | "redis" | "jobs", Image>;

export async function exporterImages(): Promise<ExporterImages> {
  const [built, blackbox, redis, jobs] = await Promise.all([builtExporterImages(), exporterImage("blackbox"), exporterImage("redis"), jobsImage(STORES.master)]);
  return { ...built, blackbox, redis, jobs };
}

/** What the components are told of them: all but CloudWatch's. */
export function exportersArgs(images: ExporterImages, namespace: string, identity: { kind: "webIdentity"; providerArn: string; issuer: string }): ExportersArgs {
  const common = { accountId: "123456789012", region: "us-east-1", identity };
  return {
    kubeState: { image: images.kubeState.pinned },
    node: { image: images.node.pinned },
    blackbox: { image: images.blackbox.pinned, publicUrls: [`https://${edgeHost(namespace)}/health/ready`], readyPath: "/health/ready" },
    postgres: {
      ...common, image: images.postgres.pinned, jobsImage: images.jobs.pinned, hosts: [STORES.database], port: 5432, databaseName: STORES.name,
      connectArns: (user) => [`arn:aws:rds-db:us-east-1:123456789012:dbuser:db-1/${user}`], after: [],
    },
    redis: {
      ...common, image: images.redis.pinned, hosts: [STORES.cache], port: 6379, authSecretName: "shop-sandbox/redis/auth-token", authSecretVersion: "1",
      secretsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1", refreshMinutes: 15, externalSecrets: [],
    },
  };
}

/**
 * One pod of each, as there is one node, which trusts the sandbox's authority: elsewhere a public one has signed what users
 * and caches show. Probes have the time that they need.
 */
export function fittedExporter(object: KubeObject): KubeObject {
  const copy = structuredClone(object);
  const spec = (copy["spec"] ?? {}) as AnyRecord;
  if (copy.kind === "Probe") Object.assign(spec, { interval: PATIENCE, scrapeTimeout: PATIENCE });
  if (copy.kind !== "Deployment" || copy.metadata.labels?.[EXPORTER_LABEL] === undefined) return copy;
  spec["replicas"] = 1;
  const pod = (spec["template"] as AnyRecord)["spec"] as AnyRecord;
  for (const container of pod["containers"] as AnyRecord[]) {
    container["env"] = [...(container["env"] as AnyRecord[]), { name: "SSL_CERT_FILE", value: `/${AUTHORITY}/ca.crt` }];
    container["volumeMounts"] = [...(container["volumeMounts"] as AnyRecord[]), { name: AUTHORITY, mountPath: `/${AUTHORITY}`, readOnly: true }];
  }
  pod["volumes"] = [...(pod["volumes"] as AnyRecord[]), { name: AUTHORITY, configMap: { name: AUTHORITY } }];
  return copy;
}

/** The authority, and the token that External Secrets would bring. */
export async function exporterSecrets(namespace: string): Promise<KubeObject[]> {
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: AUTHORITY, namespace }, data: { "ca.crt": (await storeAuthority()).certificate } },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "redis-exporter", namespace }, stringData: { REDIS_AUTH_TOKEN: standIn("redisAuthToken") } },
  ];
}

let runs = 0;

/** Has the job `database-roles` make the users; resolves when it is through. @throws when it has failed */
export async function makeDatabaseUsers(client: ApiClient, image: string, until: <T>(what: string, ask: () => Promise<T | undefined>) => Promise<T>): Promise<void> {
  const name = `database-roles-${runs++}`;
  const metadata = { name, namespace: STORES_NAMESPACE };
  const text = (at: string): string => readFileSync(path.join(ROOT, "components", at), "utf8");
  const env = {
    JOB_NAME: "database-roles", LIB: "/scripts/lib.sh", HOME: "/tmp",
    PGHOST: STORES.database, PGPORT: "5432", PGDATABASE: STORES.name, PGUSER: STORES.master, PGPASSWORD: standIn("postgresMasterPassword"), PGSSLMODE: "verify-full", PGSSLROOTCERT: RDS_CERTIFICATES,
    APPLICATION_USER: "app", MIGRATION_USER, BACKUP_USER, MAINTENANCE_USER, MONITORING_USER,
  };
  await applyAll(client, [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "lib.sh": text("jobs/scripts/lib.sh"), "database-roles.sh": text("maintenance/scripts/database-roles.sh") } },
    {
      apiVersion: "batch/v1", kind: "Job", metadata,
      spec: {
        backoffLimit: 2,
        template: {
          spec: {
            restartPolicy: "Never", automountServiceAccountToken: false,
            securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [{
              name: "job", image, imagePullPolicy: "IfNotPresent", command: ["bash", "/scripts/database-roles.sh"],
              env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
              volumeMounts: [{ name: "scripts", mountPath: "/scripts" }, { name: "scratch", mountPath: "/tmp" }],
            }],
            volumes: [{ name: "scripts", configMap: { name } }, { name: "scratch", emptyDir: {} }],
          },
        },
      },
    },
  ]);
  await until("the users of the database", async () => {
    const { body } = await client.get(`/apis/batch/v1/namespaces/${STORES_NAMESPACE}/jobs/${name}`);
    return (body as { status?: { succeeded?: number } }).status?.succeeded === 1 ? true : undefined;
  });
}
