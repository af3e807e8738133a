/** Every part of the environment (requirements, section 1) has at least one panel. */
import { expect, test } from "vitest";
import { PHRASES } from "../../requirements/phrases.ts";
import { BUILT, NAMES, panelsOf } from "./built.ts";

/** Panels, `dashboard: title`, by row of the requirements' table. */
const PANELS: Record<string, string[]> = {
  "region, zones": ["system: Zones with a ready node"],
  network: ["system: NAT: no port left"],
  cluster: ["system: Services of the cluster: ready pods", "system: Agents missing on nodes", "system: No room on any node", "system: Volumes: free"],
  compute: ["system: Nodes", "system: Ready nodes", "system: Pressure", "system: CPU", "system: Memory", "system: Disks: free", "system: Autoscalers"],
  Postgres: ["database: Connections", "database: Longest transaction", "database: Transactions", "database: CPU", "database: Replicas behind", "database: Free storage", "database: Transaction ids used"],
  Redis: ["database: Keys thrown away", "database: CPU of the engine's thread", "database: Keys found", "database: Clients"],
  "object storage": ["system: Buckets: objects gone since yesterday"],
  keys: ["security: Keys, secrets and certificates too old"],
  edge: ["application: Public routes", "application: CloudFront: errors", "security: Blocked by the WAF", "security: Certificates that users see", "security: Certificates of ACM", "application: Load balancer: nodes without NGINX"],
  ingress: ["application: NGINX: replicas that answer", "application: NGINX: configuration", "application: NGINX: answers by status", "application: Load balancer: errors", "security: Refused by the rate limit", "security: Certificates in the cluster"],
  application: ["application: Errors", "application: Latency, 95th percentile", "application: Ready pods", "release: Live Service carries", "release: Images", "slo: Error budget left", "business: Requests served an hour"],
  access: ["security: Refused logins and tokens", "security: Failed sign-ins to the console, 10 minutes", "security: Refused calls to AWS, 10 minutes", "security: What should never happen, 15 minutes"],
  secrets: ["system: Secrets"],
  "audit and SIEM": ["security: Audit trail, last hour", "security: Threats, 15 minutes", "security: Weaknesses, 15 minutes", "security: Not delivered, 15 minutes", "security: Exceptions from policies"],
  "backups and recovery": ["system: Last success, as a share of the time allowed", "system: Restore: time", "system: Restore: data lost"],
  maintenance: ["system: Since the last success", "system: Failed runs", "system: Suspended jobs"],
  cost: ["security: A day's bill against the day's before"],
  // Partitions and clean-up carry out retention; a log that is lost can not be shown.
  privacy: ["system: Since the last success", "system: Logs given up"],
};

test("every row of the table has panels that there are", () => {
  const titles = new Set(NAMES.flatMap((name) => panelsOf(BUILT[name]).map(({ title }) => `${name}: ${title ?? ""}`)));
  expect(Object.keys(PANELS)).toEqual(Object.keys(PHRASES));
  expect(Object.values(PANELS).flat().filter((panel) => !titles.has(panel))).toEqual([]);
  expect(Object.entries(PANELS).filter(([, list]) => list.length === 0)).toEqual([]);
});
