/** PostgreSQL on RDS: primary with standby, replicas, secret with rotation, private names, alarms. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DataStore, NetworkClient, Protection } from "../component.ts";
import { databaseAlarms } from "./alarms.ts";
import { type Instances, instances, type InstanceTransforms } from "./instances.ts";
import { masterSecret } from "./secret.ts";
import { dataSecurityGroup } from "./securityGroup.ts";

export interface PostgresArgs {
  /** `${app}-${stack}`; the database is `${prefix}-postgres`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Full zone names; replicas go to the second, third … of them. */
  zones: string[];
  instanceClass: string;
  /** Major version; the service chooses and raises the minor one. */
  majorVersion: string;
  multiAz: boolean;
  /** Read replicas, 0 to 5. */
  replicas: number;
  /** GiB allocated, and the limit of storage autoscaling. */
  storageGib: number;
  maxStorageGib: number;
  databaseName: string;
  masterUsername: string;
  /** Point-in-time recovery window in days, 1 to 35. */
  backupRetentionDays: number;
  backupWindow: string;
  maintenanceWindow: string;
  performanceInsightsDays: number;
  /** Interval of enhanced monitoring in seconds. */
  monitoringSeconds: number;
  /** RDS blue/green update; refused together with replicas. */
  blueGreenUpdate: boolean;
  /** Raised by one to set the master password from configuration again. */
  masterPasswordVersion: number;
  vpcId: pulumi.Input<string>;
  vpcCidr: string;
  /** Isolated data subnets. */
  subnetIds: pulumi.Input<string>[];
  /** Subnets of the rotation function. */
  privateSubnetIds: pulumi.Input<string>[];
  /** Who may connect; at least one. */
  clients: NetworkClient[];
  keyArn: pulumi.Input<string>;
  secretsKeyArn: pulumi.Input<string>;
  logsKeyArn: pulumi.Input<string>;
  /** First master password; a secret, rotated at once and from then on. */
  masterPassword: pulumi.Input<string>;
  /** Days between rotations of the master password. */
  rotationDays: number;
  recoveryWindowDays: number;
  privateZoneId: pulumi.Input<string>;
  privateZoneName: string;
  alarmTopicArn: pulumi.Input<string>;
  /** Where the rotation function reaches Secrets Manager. Default: the VPC, which has the interface endpoint. */
  endpointCidr?: string;
  protection: Protection;
  transform?: InstanceTransforms;
}

/**
 * The relational database. Encrypted, TLS forced, IAM authentication, PITR, deletion protection.
 *
 * Costs: instance hours (twice with multiAz, once more a replica), allocated storage, backup storage beyond the
 * allocated size, Performance Insights beyond 7 days.
 *
 * Names: `writerHost` follows the primary even when recovery makes a new instance; a certificate check by name and
 * IAM tokens need the instance's own name, `endpoint` (RDS user guide, "IAM database authentication").
 *
 * A new major version: raise majorVersion and allow it for that one update through `transform.primary`.
 *
 * @throws when blueGreenUpdate and replicas are both asked for, no zone or no client is given.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly identifier: string;
  readonly writerHost: string;
  readonly readerHost: string;
  /** The primary's own host name. */
  readonly endpoint: pulumi.Output<string>;
  /** Own host names of the instances to read from: the replicas', the primary's where there are none. */
  readonly readerEndpoints: pulumi.Output<string>[];
  readonly majorVersion: string;
  readonly port = 5432;
  readonly databaseName: string;
  /** ARN of the primary, plain text. */
  readonly arn: string;
  readonly resourceId: pulumi.Output<string>;
  /** Secret with username and password of the master user; known once it has a value that rotates. */
  readonly masterSecretArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Subnet group, for instances that a restore makes. */
  readonly subnetGroupName: string;
  readonly parameterGroupName: string;
  readonly replicaIdentifiers: string[];
  readonly stores: DataStore[];
  readonly #instances: aws.rds.Instance[];
  readonly #users: string;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:postgres:Postgres", name, {}, opts);
    check(args);
    this.identifier = `${args.prefix}-postgres`;
    this.databaseName = args.databaseName;
    this.arn = `arn:aws:rds:${args.region}:${args.accountId}:db:${this.identifier}`;
    this.subnetGroupName = this.identifier;
    this.parameterGroupName = `${this.identifier}-${args.majorVersion}`;
    this.writerHost = `postgres.${args.privateZoneName}`;
    this.readerHost = `postgres-ro.${args.privateZoneName}`;

    const group = dataSecurityGroup(name, { groupName: this.identifier, service: "Postgres", vpcId: args.vpcId, port: this.port, clients: args.clients }, this);
    const made = instances(name, this.identifier, args, group.id, this);
    const secret = this.secret(name, args, made, group);
    this.names(name, args, made);
    databaseAlarms(name, { ...args, identifier: this.identifier, replicaIdentifiers: made.replicaIdentifiers }, this);

    this.endpoint = made.primary.address;
    this.readerEndpoints = (made.replicas.length > 0 ? made.replicas : [made.primary]).map((instance) => instance.address);
    this.majorVersion = args.majorVersion;
    this.resourceId = made.primary.resourceId;
    this.masterSecretArn = secret;
    this.securityGroupId = group.id;
    this.replicaIdentifiers = made.replicaIdentifiers;
    this.#instances = [made.primary, ...made.replicas];
    this.#users = `arn:aws:rds-db:${args.region}:${args.accountId}:dbuser`;
    this.stores = [describeStore(this.identifier, args)];
    this.registerOutputs({ identifier: this.identifier, writerHost: this.writerHost, readerHost: this.readerHost, endpoint: this.endpoint });
  }

  /** What a role's statement `rds-db:connect` names to log in as `user` on the primary. */
  connectArn(user: string): pulumi.Output<string> {
    return pulumi.interpolate`${this.#users}:${this.resourceId}/${user}`;
  }

  /** The same for whoever also reads: the primary and every replica, each of which has a resource id of its own. */
  connectArns(user: string): pulumi.Output<string>[] {
    return this.#instances.map((instance) => pulumi.interpolate`${this.#users}:${instance.resourceId}/${user}`);
  }

  private secret(name: string, args: PostgresArgs, made: Instances, group: aws.ec2.SecurityGroup): pulumi.Output<string> {
    return masterSecret(name, {
      ...args,
      username: args.masterUsername,
      password: args.masterPassword,
      passwordVersion: args.masterPasswordVersion,
      primary: made.primary,
      databaseSecurityGroupId: group.id,
      endpointCidr: args.endpointCidr ?? args.vpcCidr,
    }, this);
  }

  /** Short-lived names, so that recovery moves every client within half a minute. */
  private names(name: string, args: PostgresArgs, made: Instances): void {
    const record = (part: string, host: string, target: aws.rds.Instance, weighted?: string) => new aws.route53.Record(`${name}-${part}`, {
      zoneId: args.privateZoneId,
      name: host,
      type: "CNAME",
      ttl: 30,
      records: [target.address],
      ...(weighted === undefined ? {} : { setIdentifier: weighted, weightedRoutingPolicies: [{ weight: 10 }] }),
    }, { parent: this });
    record("writer-name", this.writerHost, made.primary);
    if (made.replicas.length === 0) record("reader-name", this.readerHost, made.primary);
    made.replicas.forEach((replica, index) => record(`reader-name-${index + 1}`, this.readerHost, replica, made.replicaIdentifiers[index]));
  }
}

function check(args: PostgresArgs): void {
  if (args.blueGreenUpdate && args.replicas > 0) {
    throw new Error(`Postgres: blueGreenUpdate leaves the ${args.replicas} replicas on the old primary; set postgres.replicas to 0 for that update, or blueGreenUpdate to false`);
  }
  if (args.zones.length === 0) throw new Error("Postgres: zones is empty; name at least two availability zones");
  const longest = `${args.prefix}-postgres-replica-1`;
  if (longest.length > 63) {
    throw new Error(`Postgres: identifier ${longest} has ${longest.length} characters, RDS takes 63; shorten the application's or the stack's name`);
  }
}

function describeStore(identifier: string, args: PostgresArgs): DataStore {
  return {
    name: identifier,
    dataClass: "database",
    content: "Records of the application, in its own schema.",
    retention: `Until deleted by the application; point-in-time recovery ${args.backupRetentionDays} days.`,
    erasure: `The application deletes or anonymizes the person's rows; recovery data follows after ${args.backupRetentionDays} days.`,
  };
}
