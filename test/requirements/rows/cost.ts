/** Requirements, section 1, row "cost". */
import { expect } from "vitest";
import { costDrivers } from "../../../operations/plan/costDrivers.ts";
import type { Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { kept } from "../facts.ts";

const row = "cost";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:shop-production-alarms";
/** Components that cost something beside the room they take on the nodes. */
const BILLED = ["audit", "backups", "cluster", "edge", "keys", "maintenance", "monitoring", "monitoring", "monitoring", "network", "notifications", "postgres", "redis", "secrets", "storage"];
const MAILS = ["oncall@example.com", "security@example.com"];

/** What the preview report says of a component, which is what the program declares at its top. */
function billed(p: Rendered, component: string): string[] {
  const own = p.resources.filter((r) => r.component.toLowerCase() === `golive:${component}:${component}`);
  return costDrivers(own.map((r) => ({ type: r.type, inputs: r.props }))).map((d) => `${d.quantity} × ${d.what} (${d.unit})`);
}

export const cost: Requirement[] = [
  {
    row,
    phrase: "every component's main cost drivers shown in the preview report (instances, storage, NAT, traffic)",
    resources: (p) => [
      ...p.all("aws:ec2/natGateway:NatGateway"), ...p.all("aws:eks/nodeGroup:NodeGroup"), ...p.all("aws:rds/instance:Instance"), ...p.all("aws:s3/bucket:Bucket"), ...p.all("aws:cloudfront/distribution:Distribution"),
    ],
    check: (p) => {
      expect(billed(p, "network")).toEqual(expect.arrayContaining(["3 × NAT gateway (gateway-hours, plus each GB processed)", "39 × interface endpoint (endpoint-hours per zone, plus each GB)", "3 × public IPv4 address (address-hours)"]));
      expect(billed(p, "cluster")).toEqual(expect.arrayContaining(["1 × EKS control plane (cluster-hours)", "3 × node t3.large (3 to 10) (instance-hours, plus their volumes)"]));
      expect(billed(p, "postgres")).toEqual(expect.arrayContaining([
        "1 × database db.r5.large Multi-AZ (instance-hours, twice for the standby)", "100 × database storage gp3 (GiB-months, twice for the standby)", "2 × database db.r5.large replica (instance-hours)",
      ]));
      expect(billed(p, "redis")).toEqual(expect.arrayContaining(["3 × cache node cache.t3.micro (node-hours, plus snapshots)"]));
      expect(billed(p, "storage")).toEqual(["6 × bucket (GB-months by storage class, requests, transfer)"]);
      expect(billed(p, "edge")).toEqual(expect.arrayContaining(["1 × CDN distribution (GB out and requests)", "7 × web ACL rule (rule-months)", "1 × load balancer (hours, plus capacity units)"]));
      expect(billed(p, "audit")).toEqual(expect.arrayContaining(["1 × trail (data events; the first copy of management events is free)", "1 × GuardDuty detector (events and GB analyzed)"]));
      expect(billed(p, "backups")).toEqual(expect.arrayContaining(["1 × backup plan (GB-months stored, GB copied across regions)"]));
      expect(billed(p, "keys")).toEqual(["11 × customer key (key-months, plus rotations and requests)"]);
      const named = [...new Set(p.resources.map((r) => r.component))].filter((component) => costDrivers(p.resources.filter((r) => r.component === component).map((r) => ({ type: r.type, inputs: r.props }))).length > 0);
      expect(named.map((component) => component.split(":")[1]).sort()).toEqual(BILLED);
      // What depends on traffic has no quantity before there is any: the unit says what is counted.
      for (const [component, what] of [["network", "NAT gateway"], ["network", "interface endpoint"], ["edge", "CDN distribution"], ["storage", "bucket"]]) {
        expect(billed(p, component ?? "").find((line) => line.includes(`× ${what ?? ""} `)), what).toMatch(/GB|transfer/);
      }
      const routing = p.resources.filter((r) => r.component === "golive:monitoring:AlertRouting");
      expect(costDrivers(routing.map((r) => ({ type: r.type, inputs: r.props })))).toEqual([expect.objectContaining({ what: "secret", quantity: 4 })]);
      expect(billed(p, "secrets")).toEqual(["2 × secret (secret-months, plus API calls)"]);
    },
  },
  {
    row,
    phrase: "no invented prices",
    resources: (p) => [p.one("aws:ec2/natGateway:NatGateway", "network-vpc-nat-a"), p.one("aws:rds/instance:Instance", "postgres-primary")],
    check: (p) => {
      const drivers = costDrivers(p.resources.map((r) => ({ type: r.type, inputs: r.props })));
      expect(JSON.stringify(drivers)).not.toMatch(/[$€]|USD|EUR|per month:/);
      expect(drivers.map((d) => Object.keys(d).sort().join())).toEqual(drivers.map(() => "quantity,unit,what"));
      expect(drivers).toEqual(expect.arrayContaining([
        { what: "NAT gateway", quantity: 3, unit: "gateway-hours, plus each GB processed" },
        { what: "database db.r5.large Multi-AZ", quantity: 1, unit: "instance-hours, twice for the standby" },
      ]));
    },
  },
  kept(row, "budgets and anomaly alarms", [
    ["aws:budgets/budget:Budget", "cost-budget", {
      budgetType: "COST", limitAmount: "2500.00", limitUnit: "USD", timeUnit: "MONTHLY", costFilters: [{ name: "TagKeyValue", values: ["user:stack$shop-production"] }],
      notifications: [["ACTUAL", 80], ["ACTUAL", 100], ["FORECASTED", 100]].map(([notificationType, threshold]) => ({
        comparisonOperator: "GREATER_THAN", notificationType, threshold, thresholdType: "PERCENTAGE", subscriberEmailAddresses: MAILS, subscriberSnsTopicArns: [TOPIC],
      })),
    }],
    ["aws:costexplorer/anomalyMonitor:AnomalyMonitor", "cost-anomalies", { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }],
    ["aws:costexplorer/anomalySubscription:AnomalySubscription", "cost-anomalies-subscription", {
      frequency: "IMMEDIATE", subscribers: [{ address: TOPIC, type: "SNS" }],
      "thresholdExpression.dimension": { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: ["100"] },
    }],
  ]),
];
