/** Requirements, section 1, row "Postgres". */
import { expect } from "vitest";
import { byName, kept, names, statement } from "../facts.ts";
import { expectAccepted, expectRefused } from "../refused.ts";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "Postgres";
const INSTANCE = "aws:rds/instance:Instance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const SECRET = "aws:secretsmanager/secret:Secret";
const ROTATION = "aws:secretsmanager/secretRotation:SecretRotation";
const ALL = ["postgres-primary", "postgres-replica-1", "postgres-replica-2"];

function parameters(rendered: Rendered): Record<string, unknown> {
  return byName(rendered.one(PARAMETERS, "postgres-parameters").props["parameters"]);
}

/** A phrase that all three instances keep alike. */
function everywhere(phrase: string, values: Record<string, unknown>, also?: (rendered: Rendered) => void): Requirement {
  return kept(row, phrase, ALL.map((name) => [INSTANCE, name, values] as const), also);
}

/** The script and the variables of a scheduled job. */
function job(rendered: Rendered, name: string): { env: Record<string, unknown>; script: string } {
  const { props } = rendered.one("CronJob", name);
  const container = at(props, "spec.jobTemplate.spec.template.spec.containers[0]");
  const map = rendered.one("ConfigMap", new RegExp(`^${name}-[0-9a-f]{10}$`));
  return { env: byName(at(container, "env")), script: String((map.props["data"] as Record<string, string>)[`${name}.sh`]) };
}

export const postgres: Requirement[] = [
  kept(row, "RDS", [[INSTANCE, "postgres-primary", { identifier: "shop-production-postgres", engine: "postgres", dbName: "app", port: 5432, publiclyAccessible: false, allocatedStorage: 100, maxAllocatedStorage: 500, storageType: "gp3", dbSubnetGroupName: "shop-production-postgres" }]], (p) => {
    const data = p.all("aws:ec2/routeTableAssociation:RouteTableAssociation", /^network-vpc-data-/).map(({ props }) => props["subnetId"]);
    expect((p.one("aws:rds/subnetGroup:SubnetGroup", "postgres-subnets").props["subnetIds"] as string[]).toSorted()).toEqual(data.toSorted());
    expect(p.all(INSTANCE).map(({ protect }) => protect)).toEqual([true, true, true]);
  }),
  everywhere("db.r5.large", { instanceClass: "db.r5.large" }),
  kept(row, "Multi-AZ", [[INSTANCE, "postgres-primary", { multiAz: true }]]),
  {
    row,
    phrase: "2 read replicas",
    resources: (p) => [p.one(INSTANCE, "postgres-replica-1"), p.one(INSTANCE, "postgres-replica-2"), ...p.all("aws:route53/record:Record", /^postgres-reader-name-/)],
    check: (p) => {
      const replicas = p.all(INSTANCE).filter(({ props }) => props["replicateSourceDb"] !== undefined);
      expect(replicas.map(({ props }) => [props["identifier"], props["replicateSourceDb"], props["availabilityZone"]]).sort()).toEqual([
        ["shop-production-postgres-replica-1", "shop-production-postgres", "us-east-1b"],
        ["shop-production-postgres-replica-2", "shop-production-postgres", "us-east-1c"],
      ]);
      const readers = p.all("aws:route53/record:Record", /^postgres-reader-name-/).map(({ props }) => props);
      expect(readers.map((reader) => [reader["name"], reader["setIdentifier"], at(reader, "weightedRoutingPolicies[0].weight")]).sort()).toEqual([
        ["postgres-ro.shop-production.internal", "shop-production-postgres-replica-1", 10],
        ["postgres-ro.shop-production.internal", "shop-production-postgres-replica-2", 10],
      ]);
    },
  },
  everywhere("encrypted", { storageEncrypted: true }, (p) => {
    const key = `arn:aws:kms:us-east-1:123456789012:key/${String(p.one("aws:kms/alias:Alias", "keys-database-alias").props["targetKeyId"])}`;
    // A replica in the region has the primary's key; RDS refuses to be told so.
    expect(p.all(INSTANCE).map(({ name, props }): [string, unknown] => [name, props["kmsKeyId"]]).sort()).toEqual([["postgres-primary", key], ["postgres-replica-1", undefined], ["postgres-replica-2", undefined]]);
  }),
  kept(row, "TLS forced", [[PARAMETERS, "postgres-parameters", { family: "postgres16", name: "shop-production-postgres-16" }], ...ALL.map((name) => [INSTANCE, name, { parameterGroupName: "shop-production-postgres-16", caCertIdentifier: "rds-ca-rsa2048-g1" }] as const)],
    (p) => expect(parameters(p)).toMatchObject({ "rds.force_ssl": "1", password_encryption: "scram-sha-256", "rds.accepted_password_auth_method": "scram" })),
  // Automated backups kept for days are what recovery to a point in time replays from (RDS user guide).
  kept(row, "PITR", [[INSTANCE, "postgres-primary", { backupRetentionPeriod: 35 }]], () => expectRefused({ postgres: { backupRetentionDays: 0 } }, "postgres.backupRetentionDays", "1")),
  kept(row, "automated backups", [[INSTANCE, "postgres-primary", { backupRetentionPeriod: 35, backupWindow: "02:00-03:00", deleteAutomatedBackups: false, copyTagsToSnapshot: true }]]),
  everywhere("deletion protection", { deletionProtection: true }),
  kept(row, "final snapshot", [[INSTANCE, "postgres-primary", { skipFinalSnapshot: false, finalSnapshotIdentifier: expect.stringMatching(/^shop-production-postgres-final-[0-9a-f]{17}$/) as unknown }]]),
  everywhere("Performance Insights", { performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 7 }),
  everywhere("enhanced monitoring", { monitoringInterval: 30, monitoringRoleArn: "arn:aws:iam::123456789012:role/shop-production-postgres-monitoring" }, (p) => {
    expect(p.one("aws:iam/role:Role", "postgres-monitoring-role").props["assumeRolePolicy"]).toContain("monitoring.rds.amazonaws.com");
    expect(p.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", /^postgres-monitoring/).props["policyArn"]).toBe("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole");
  }),
  kept(row, "parameter group", [[PARAMETERS, "postgres-parameters", { family: "postgres16" }]], (p) => {
    expect(parameters(p)).toMatchObject({ shared_preload_libraries: "pg_stat_statements,pgaudit", log_statement: "ddl", log_min_duration_statement: "1000", log_lock_waits: "1", log_parameter_max_length: "0", log_connections: "1", "pgaudit.log": "ddl,role" });
    expect(names(p, LOG_GROUP, /^postgres-/)).toHaveLength(9);
    expect(p.all(INSTANCE).map(({ props }) => props["enabledCloudwatchLogsExports"])).toEqual(ALL.map(() => ["postgresql", "upgrade", "iam-db-auth-error"]));
  }),
  kept(row, "master password in a rotated Secrets Manager secret of our own (RDS-managed passwords exclude replicas)", [
    [SECRET, "postgres-master-secret", { name: "shop-production/postgres/master", recoveryWindowInDays: 30 }],
    [ROTATION, "postgres-rotation", { "rotationRules.automaticallyAfterDays": 30, rotationLambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:shop-production-postgres-rotation" }],
    ["aws:serverlessrepository/cloudFormationStack:CloudFormationStack", "postgres-rotation-function", { applicationId: "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser", "parameters.functionName": "shop-production-postgres-rotation" }],
    ["aws:secretsmanager/secretVersion:SecretVersion", "postgres-master-secret-value", { secretString: undefined, secretStringWo: "[secret]", secretStringWoVersion: 1 }],
    // Written, never read back: the password is in no state.
    [INSTANCE, "postgres-primary", { username: "golive_master", passwordWo: "[secret]", passwordWoVersion: 1, password: undefined, manageMasterUserPassword: undefined }],
  ], (p) => {
    const { props } = p.one("aws:serverlessrepository/cloudFormationStack:CloudFormationStack", "postgres-rotation-function");
    expect(String(at(props, "parameters.vpcSubnetIds")).split(",")).toHaveLength(3);
    expect(at(p.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "postgres-from-rotation").props, "referencedSecurityGroupId")).toBe(at(props, "parameters.vpcSecurityGroupIds"));
    expect(statement(p.one("aws:secretsmanager/secretPolicy:SecretPolicy", "postgres-master-secret-policy"), "DenyOtherAccounts").Condition).toMatchObject({ StringNotEquals: { "aws:PrincipalAccount": "123456789012" } });
  }),
  everywhere("application logs in with IAM authentication", { iamDatabaseAuthenticationEnabled: true }, (p) => {
    const login = statement(p.one("aws:iam/rolePolicy:RolePolicy", "app-policy"), "LogInToDatabase");
    expect(login.Action).toBe("rds-db:connect");
    // The primary and both replicas: each instance has a resource id of its own.
    expect(new Set([login.Resource].flat()).size).toBe(3);
    for (const resource of [login.Resource].flat()) expect(resource).toMatch(/^arn:aws:rds-db:us-east-1:123456789012:dbuser:db-[A-Z0-9]+\/app$/);
    expect(job(p, "database-roles").script).toContain("(:'iam', :'application'), (:'iam', :'migration')");
    expect(job(p, "database-roles").env["APPLICATION_USER"]).toBe("app");
  }),
  kept(row, "major version pinned", [[INSTANCE, "postgres-primary", { engineVersion: "16", allowMajorVersionUpgrade: false }], [PARAMETERS, "postgres-parameters", { family: "postgres16" }]],
    () => expectRefused({ postgres: { majorVersion: "16.4" } }, "postgres.majorVersion", "one of: 15, 16, 17")),
  everywhere("minor ignored", { autoMinorVersionUpgrade: true, allowMajorVersionUpgrade: false }, (p) => {
    // The service moves the minor version in its window; naming only the major one, the program never moves it back.
    expect(p.one(INSTANCE, "postgres-primary").props["engineVersion"]).toBe("16");
    expect(p.one(INSTANCE, "postgres-replica-1").props["engineVersion"]).toBeUndefined();
  }),
  {
    row,
    phrase: "extensions uuid-ossp and pg_trgm, own schema",
    resources: (p) => [p.one("ConfigMap", /^database-roles-/), p.one("CronJob", "database-roles"), ...p.all("Job", /^migrations-/)],
    check: (p) => {
      // Both extensions are trusted (PostgreSQL 13 on): who may create in the database makes them, as it makes its schema.
      const { script } = job(p, "database-roles");
      expect(script).toContain("select format('grant connect, create, temporary on database %I to %I', current_database(), :'owner')");
      expect(script).toContain(`alter role :"migration" set role to :"owner"`);
      expect(script).toContain("revoke create on schema public from public");
      // Nothing narrows which extensions may be made.
      expect(parameters(p)["rds.allowed_extensions"]).toBeUndefined();
    },
  },
  {
    row,
    phrase: "range-partitioned large tables and their future partitions come from migrations",
    resources: (p) => [p.one("CronJob", "partitions"), p.one("ConfigMap", /^partitions-/)],
    check: (p) => {
      const { env, script } = job(p, "partitions");
      expect([env["TABLES"], env["MONTHS_AHEAD"]]).toEqual(["app.events", "3"]);
      expect(at(p.one("CronJob", "partitions").props, "spec.schedule")).toBe("0 3 1 * *");
      // What a migration did not partition is refused, not converted.
      expect(script).toContain("is not partitioned by range on one date or time column; name only tables that a migration made so");
      expectRefused({ app: { migrations: { enabled: true, command: undefined } } }, "app.migrations.command", "");
    },
  },
  {
    row,
    phrase: "RDS blue/green update together with read replicas is refused (it leaves replicas on the old primary)",
    resources: () => [],
    check: () => {
      expectRefused({ postgres: { blueGreenUpdate: true } }, "postgres.blueGreenUpdate", "the replicas would stay on the old primary");
      expectAccepted({ postgres: { blueGreenUpdate: true, replicas: 0 } });
    },
  },
];
