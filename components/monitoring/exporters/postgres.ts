/** The exporter of PostgreSQL, which asks the primary and each replica, and logs in with IAM. */
import { readFileSync } from "node:fs";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../../application/security.ts";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { WorkloadRole } from "../../cluster/workloadRole.ts";
import { MONITORING_USER, RDS_CERTIFICATES } from "../../jobs/users.ts";
import { credentials, storesOut } from "../../networkRules.ts";
import { seriesOf } from "../alerts/metrics.ts";
import { podsMonitor, probe } from "./monitors.ts";
import { exporterServer, type Place } from "./server.ts";
import { settings } from "./settings.ts";

export interface PostgresExporterArgs {
  /** Image by digest, 0.15 or later: earlier ones know neither several servers nor when one was started. */
  image: string;
  /** Image of the jobs, whose AWS CLI makes the tokens, and which has the authorities of RDS. */
  jobsImage: string;
  accountId: string;
  region: string;
  identity: ClusterIdentity;
  /** Own host names of primary and replicas: a token is for one of them. */
  hosts: pulumi.Input<pulumi.Input<string>[]>;
  port: number;
  databaseName: string;
  /** What the role's statement `rds-db:connect` names to log in as a user, on each of them. */
  connectArns(user: string): pulumi.Input<string>[];
  /** What makes the user. */
  after: pulumi.Resource[];
}

const NAME = "postgres-exporter";
const PORT = 9187;
const LOGIN = "/login";
const SCRIPT = "database-login.sh";
/** Collectors that are on by default and have nothing of what rules and dashboards use. */
const UNUSED = ["database", "locks", "replication", "replication_slot", "roles", "stat_bgwriter", "stat_user_tables", "statio_user_tables", "wal"];

/**
 * Three pods, of which each scrape asks one about one server. The exporter itself can not log in with IAM, so a container
 * beside it puts tokens where the driver looks for a password at each login (lib/pq, `passfile`); nobody has a password that
 * could leak or must be rotated. The user is a member of pg_monitor and of nothing else: it sees figures, and no row.
 *
 * Costs 60m CPU and 240 MiB, most of it for the AWS CLI; two connections a scrape to each server.
 */
export function postgres(place: Place, args: PostgresExporterArgs): void {
  const { prefix, namespace, vpcCidr } = place.args;
  const role = new WorkloadRole(NAME, {
    identity: args.identity, prefix, accountId: args.accountId, namespace, serviceAccount: NAME,
    statements: [{ Sid: "LogIn", Effect: "Allow", Action: "rds-db:connect", Resource: args.connectArns(MONITORING_USER) }],
  }, { parent: place.parent });
  const servers = pulumi.output(args.hosts).apply((hosts) => [...new Set(hosts)].map((host) => `${host}:${args.port}`));
  const script = settings(place, NAME, { [SCRIPT]: readFileSync(new URL(`./scripts/${SCRIPT}`, import.meta.url), "utf8") });
  exporterServer(place, {
    name: NAME,
    image: args.image,
    port: PORT,
    args: ["--collector.postmaster", ...UNUSED.map((collector) => `--no-collector.${collector}`), "--log.format=json"],
    env: Object.entries({
      PGUSER: MONITORING_USER, PGDATABASE: args.databaseName, PGPASSFILE: `${LOGIN}/pgpass`, PGSSLMODE: "verify-full", PGSSLROOTCERT: `${LOGIN}/authorities.pem`, PGCONNECT_TIMEOUT: "3",
    }).map(([name, value]) => ({ name, value })),
    ready: { path: "/" },
    replicas: 3,
    requests: { cpu: "10m", memory: "32Mi" },
    memory: "96Mi",
    reach: [storesOut(vpcCidr, args.port), credentials(args.identity, vpcCidr)],
    annotations: role.annotations,
    volumes: [
      { name: "login", at: LOGIN, source: { emptyDir: { medium: "Memory", sizeLimit: "4Mi" } } },
      { name: "scripts", at: "/scripts", source: { configMap: { name: script.metadata.name, defaultMode: 0o555 } } },
      { name: "scratch", at: "/tmp", source: { emptyDir: { sizeLimit: "64Mi" } } },
    ],
    beside: [login(args, servers)],
    after: [...role.ready, ...args.after],
  });
  podsMonitor(place, NAME);
  probe(place, { name: NAME, port: PORT }, { job: "postgres", path: "/probe", targets: servers, series: seriesOf("postgres") });
}

/** Starts before the exporter and stays beside it; the exporter waits for the first tokens. */
function login({ jobsImage, region }: PostgresExporterArgs, servers: pulumi.Input<string[]>): k8s.types.input.core.v1.Container {
  const env: Record<string, pulumi.Input<string>> = {
    SERVERS: pulumi.output(servers).apply((all) => all.join(" ")),
    DB_USER: MONITORING_USER, CERTIFICATES: RDS_CERTIFICATES, FOLDER: LOGIN, AWS_REGION: region, AWS_STS_REGIONAL_ENDPOINTS: "regional", HOME: "/tmp",
  };
  return {
    name: "login",
    image: jobsImage,
    imagePullPolicy: "IfNotPresent",
    restartPolicy: "Always",
    command: ["bash", `/scripts/${SCRIPT}`],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    startupProbe: { exec: { command: ["test", "-s", `${LOGIN}/pgpass`] }, periodSeconds: 2, failureThreshold: 60 },
    // Twice the time between two tokens: what hangs is started anew before the last token ends.
    livenessProbe: { exec: { command: ["bash", "-c", `(( $(date +%s) - $(stat -c %Y ${LOGIN}/pgpass) < 660 ))`] }, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 2 },
    resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "500m", memory: "192Mi", "ephemeral-storage": "64Mi" } },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "login", mountPath: LOGIN }, { name: "scripts", mountPath: "/scripts", readOnly: true }, { name: "scratch", mountPath: "/tmp" }],
  };
}
