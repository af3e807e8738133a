/** Everything that components refuse while declaring, and what of the configuration is checked before. */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { longestGapHours } from "../../components/jobs/schedule.ts";
import { ROOT } from "../../operations/stacks.ts";
import { rules } from "../../stacks/config/rules/index.ts";
import { changed, mistakesIn } from "./values.ts";

/** A rule that refuses the same, a value that the schema refuses, or why no configuration comes there. */
type Before = { rule: string } | { schema: string; bad: Record<string, unknown> } | { never: string };

const tag = (name: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}:latest`;
const program = (why: string): Before => ({ never: why });
const fixed = program("the argument is written in the program, not configured");
const internal = program("names a resource that the same component has just made");

/** By file, and by the first words of the message after the component's name. */
const REFUSALS: Record<string, Record<string, Before>> = {
  "access/index.ts": { "sessionHours is": { schema: "access.sessionHours", bad: { access: { sessionHours: 9 } } } },
  "application/quantities.ts": {
    "CPU quantity": { schema: "app.requests.cpu", bad: { app: { requests: { cpu: "1 core" } } } },
    "Memory quantity": { schema: "app.requests.memory", bad: { app: { requests: { memory: "512MB" } } } },
  },
  "backups/index.ts": {
    "copyRegion is": { rule: "copy-elsewhere" },
    "masterUsername ": { schema: "postgres.masterUsername", bad: { postgres: { masterUsername: "Master-1" } } },
  },
  "cluster/identity.ts": { "oidcProviderArn ": { rule: "existing-has-identity" } },
  "cluster/index.ts": {
    "existing cluster ${existing.name} needs": { rule: "existing-has-kubeconfig" },
    "existing cluster ${existing.name} is not EKS": { rule: "existing-has-identity" },
    "access.via is not set": { rule: "way-in" },
    "access.via is runner, which needs ciRepository": { schema: "access.ci.repository", bad: { access: { ci: { repository: "" } } } },
    "access.via is runner, which needs access.connectionArn": { rule: "runner-has-connection" },
    "access.via is vpn": { rule: "vpn-way-in" },
    "access.via is publicCidrs": { rule: "public-cidrs-limited" },
    "access.publicCidrs is set": { rule: "public-cidrs-limited" },
    "access.publicCidrs has": { rule: "public-cidrs-limited" },
    "access.bootstrap.publicCidrs has": { rule: "bootstrap-limited" },
    "service ${addon[0]}": { rule: "addons-need-eks" },
  },
  "cluster/services.ts": {
    "service ${service} can not come from": { schema: "cluster.services.coredns.source", bad: { cluster: { services: { coredns: { source: "chart" } } } } },
    "service ${service} comes from a chart": program("only services that have no chart belong to the stage before the nodes"),
    "there is no service": { schema: "cluster.services.nginx", bad: { cluster: { services: { nginx: { source: "chart", version: "1.0.0" } } } } },
  },
  "cluster/workloadRole.ts": { "the role name": { rule: "names-fit" }, "statements is empty": fixed, "statement ${wide.Sid}": fixed },
  "cost.ts": { "emails has": { schema: "notifications.emails", bad: { notifications: { emails: Array.from({ length: 11 }, (_, n) => `mailbox-${n}@example.com`) } } } },
  "edge/certificates.ts": { "ACM offers": program("an answer of the service during an update") },
  "edge/index.ts": { "the load balancer has": { rule: "existing-has-targets" }, "${taken} is both": { rule: "edge-paths-apart" } },
  "edge/zone.ts": { "delegations names": { rule: "delegations-below" } },
  "ingress/index.ts": {
    "contentSecurityPolicy contains": { schema: "ingress.contentSecurityPolicy", bad: { ingress: { contentSecurityPolicy: 'default-src "self"' } } },
    "replicas is": { schema: "ingress.replicas", bad: { ingress: { replicas: 1 } } },
  },
  "jobs/index.ts": { "image ": { schema: "images.jobs", bad: { images: { jobs: tag("golive-jobs") } } } },
  "jobs/schedule.ts": { 'schedule "${schedule}"': { rule: "schedules-run" } },
  "jobs/scheduledJob.ts": { "the name has": fixed, "entry ": fixed },
  "keys.ts": {
    "there is no key": internal,
    "rotationDays is": { schema: "keys.rotationDays", bad: { keys: { rotationDays: 89 } } },
    "deletionWindowDays is": { schema: "keys.deletionWindowDays", bad: { keys: { deletionWindowDays: 6 } } },
  },
  "maintenance/index.ts": { "cachePrefixes has": { rule: "sessions-not-cleaned" }, "image ": { schema: "images.scanner", bad: { images: { scanner: tag("zaproxy") } } } },
  "monitoring/alertRules.ts": { "monitoring.alertRules has": { rule: "alert-names-apart" } },
  "monitoring/alerts/alert.ts": { "a duration of": fixed },
  "monitoring/exporters/services.ts": { "the table of cluster services": fixed },
  "monitoring/grafana/settings.ts": { "${key} of [${section}]": { schema: "monitoring.grafana.tokenUrl", bad: { monitoring: { grafana: { tokenUrl: "https://id.example.com/token;x=1" } } } } },
  "monitoring/dashboards/measure.ts": { "dashboards: ${idOf(alert)} compares nothing": fixed },
  "monitoring/dashboards/panel.ts": { "dashboards: there is no alert": fixed, "dashboards: the alerts of": fixed },
  "monitoring/networkPolicies.ts": { "the table of cluster services": fixed },
  "monitoring/routing/credentials.ts": { "${credential} has no value": { rule: "notification-credentials" } },
  "network/clientVpn.ts": { "the VPN is enabled": { rule: "vpn-login" }, "vpn.clientCidr": { rule: "vpn-size" } },
  "network/subnets.ts": {
    "cidr ${cidr} is a /": { rule: "vpc-size" },
    "${zones} zones given": { schema: "zones", bad: { zones: ["a", "b", "c", "d", "e"] } },
    "${cidr} is not an IPv4 CIDR": { schema: "network.cidr", bad: { network: { cidr: "10.20.0.256/16" } } },
    "${cidr} has host bits": { rule: "cidrs-aligned" },
  },
  "network/vpc.ts": { "zone ": internal },
  "postgres/index.ts": {
    "blueGreenUpdate leaves": { rule: "no-blue-green-update-with-replicas" },
    "zones is empty": { schema: "zones", bad: { zones: [] } },
    "identifier ": { rule: "names-fit" },
  },
  "postgres/securityGroup.ts": {
    "clients is empty": { schema: "cluster.existing.workloadCidrs", bad: { cluster: { existing: { name: "shared", eks: true, workloadCidrs: [] } } } },
    "client ${client.name}": fixed,
  },
  "privacy.ts": { "no store": internal, "two stores": { rule: "extra-bucket-names" }, "erasureDays is": { schema: "privacy.erasureDays", bad: { privacy: { erasureDays: 31 } } } },
  "redis.ts": {
    "zones is empty": { schema: "zones", bad: { zones: [] } },
    "nodes is": { schema: "redis.nodes", bad: { redis: { nodes: 1 } } },
    "replication group id": { rule: "names-fit" },
  },
  "release/clusterReader.ts": {
    "the kubeconfig names no cluster": program("a secret, which is read during an update"),
    "the cluster at": program("an answer of the cluster during an update"),
    "data.rejected of ConfigMap": program("an object of the cluster during an update"),
    "data.schemaVersion of ConfigMap": program("an object of the cluster during an update"),
  },
  "release/index.ts": {
    "image ": { schema: "images.blue", bad: { images: { blue: tag("shop") } } },
    "a canary of ": { rule: "canary-of-pods" },
    "schema of ": { rule: "schema-in-range" },
    "drain.gracePeriodSeconds": { rule: "drain-fits" },
    "settings.": { rule: "settings-hold-no-secrets" },
  },
  "release/liveHook.ts": { "${what}": program("a state of the cluster during an update") },
  "release/migrations.ts": { "command is empty": { schema: "app.migrations.command", bad: { app: { migrations: { command: [] } } } } },
  "secrets.ts": { "app names": { rule: "secrets-distinct" }, "REDIS_AUTH_TOKEN comes": { rule: "secrets-distinct" }, "${variable} of secrets.app": { rule: "app-secrets-given" } },
  "storage/index.ts": {
    "lockMode COMPLIANCE": { rule: "compliance-lock-said" },
    "corsOrigins is empty": program("without origins the program names the application's own host"),
    "bucket name": { rule: "names-fit" },
    "extraBuckets.": { rule: "extra-bucket-names" },
  },
};

/** Messages of every `throw new Error` in a file, without the component's name at the start. */
function thrown(file: string): string[] {
  const text = readFileSync(path.join(ROOT, "components", file), "utf8");
  const found = [...text.matchAll(/throw new (\w*Error)\(\s*["`](.*)/g)].map((match) => (match[2] ?? "").replace(/^(\$\{args\.service\}|[A-Z]\w*( register)?( \$\{name\})?): /, ""));
  expect(found.length, `${file}: a message that this test can not read`).toBe([...text.matchAll(/\bthrow /g)].length);
  return found;
}

const files = readdirSync(path.join(ROOT, "components"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).map((file) => file.replaceAll(path.sep, "/")).sort();

describe("what components refuse while declaring", () => {
  test("is in this list, all of it and nothing else", () => {
    for (const file of files) {
      const listed = Object.keys(REFUSALS[file] ?? {});
      const messages = thrown(file);
      expect(messages.filter((message) => !listed.some((start) => message.startsWith(start))), `${file}: not in the list`).toEqual([]);
      expect(listed.filter((start) => !messages.some((message) => message.startsWith(start))), `${file}: refused no longer`).toEqual([]);
    }
    expect(Object.keys(REFUSALS).filter((file) => !files.includes(file))).toEqual([]);
  });

  const all = Object.entries(REFUSALS).flatMap(([file, messages]) => Object.entries(messages).map(([start, before]) => ({ name: `${file}: ${start}`, before })));

  test.each(all.flatMap(({ name, before }) => ("schema" in before ? [{ name, ...before }] : [])))("$name – the schema refuses $schema before", ({ schema, bad }) => {
    expect(mistakesIn(changed(bad)).map((mistake) => mistake.path.replace(/\[\d+\]$/, ""))).toContain(schema);
  });

  test.each(all.flatMap(({ name, before }) => ("rule" in before ? [{ name, ...before }] : [])))("$name – the rule $rule refuses it before", ({ rule }) => {
    // What the rule refuses and accepts is asserted case by case in rules.test.ts.
    expect(rules.map(({ id }) => id)).toContain(rule);
  });
});

test("every schedule that the check accepts is one whose job can be watched", () => {
  const field = (least: number, most: number) => fc.oneof(
    fc.constant("*"),
    fc.integer({ min: least, max: most }).map(String),
    fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most })).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    fc.integer({ min: 1, max: 40 }).map((step) => `*/${step}`),
  );
  const cron = fc.tuple(field(0, 61), field(0, 24), field(0, 32), field(0, 13), field(0, 8)).map((fields) => fields.join(" "));
  let accepted = 0;
  fc.assert(fc.property(cron, (schedule) => {
    if (mistakesIn(changed({ maintenance: { vacuumSchedule: schedule } })).length > 0) return;
    accepted += 1;
    expect(longestGapHours(schedule)).toBeGreaterThan(0);
  }), { numRuns: 400 });
  expect(accepted).toBeGreaterThan(50);
});
