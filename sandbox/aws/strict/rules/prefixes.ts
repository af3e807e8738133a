/** Service prefixes that IAM actions begin with. */
import { readFileSync } from "node:fs";
import { dataFolder } from "../data.ts";

/**
 * Prefixes that no client of botocore signs with, but the Service Authorization Reference lists ("Actions,
 * resources, and condition keys for AWS services").
 */
const DOCUMENTED = [
  "a4b", "activate", "apptest", "arsenal", "aws-portal", "awsconnector", "backup-storage", "bugbust", "cloudshell", "codewhisperer", "consoleapp",
  "consolidatedbilling", "customer-verification", "dbqms", "ec2messages", "eks-mcp", "elastic-inference", "elemental-activations",
  "elemental-appliances-software", "elemental-support-cases", "freertos", "identity-sync", "identitystore-auth", "iotjobsdata", "iq",
  "iq-permission", "kafka-cluster", "mapcredits", "mediaimport", "monitron", "network-security-director", "networkmanager-chat", "nimble", "one",
  "opsworks-cm", "partnercentral-account-management", "payments", "private-networks", "purchase-orders", "q", "qdeveloper", "rds-db",
  "resource-explorer", "rhelkb", "s3-object-lambda", "s3express", "sqlworkbench", "ssmmessages", "sso-directory", "support-console", "tag",
  "transform", "ts", "user-subscriptions", "ux", "vendor-insights", "verified-access", "vpc-lattice-svcs", "vpce", "wam",
];

let known: ReadonlySet<string> | undefined;

/** All known prefixes: botocore's signing names and endpoint prefixes, and the documented rest. */
export function servicePrefixes(): ReadonlySet<string> {
  if (known === undefined) {
    const { prefixes } = JSON.parse(readFileSync(new URL("prefixes.json", dataFolder), "utf8")) as { prefixes: string[] };
    known = new Set([...prefixes, ...DOCUMENTED]);
  }
  return known;
}
