/**
 * What a component is billed for, and how much of it: quantities read from the declared resources. Prices
 * change by region and contract and are deliberately left out; multiply with the provider's price list.
 */

export interface CostDriver {
  /** The thing that is billed, such as "NAT gateway". */
  what: string;
  /** How much of it the declaration asks for. */
  quantity: number;
  /** Unit in which it is billed, with what else counts. */
  unit: string;
}

interface Billed { type: string; inputs: Record<string, unknown> }

/** Reads what is billed from a resource's inputs, and from its neighbours where it takes a size from one of them. */
type Rule = (inputs: Record<string, unknown>, neighbours: Billed[]) => CostDriver[];

const number = (value: unknown, fallback = 0): number => (typeof value === "number" ? value : fallback);
const text = (value: unknown, fallback: string): string => (typeof value === "string" ? value : fallback);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const record = (value: unknown): Record<string, unknown> => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});
const one = (what: string, unit: string): Rule => () => [{ what, quantity: 1, unit }];

/** Billed resource types, what weighs most first; units follow the service's price list. A type that is not here is free or counted elsewhere. */
const RULES: Record<string, Rule> = {
  "aws:eks/cluster:Cluster": one("EKS control plane", "cluster-hours"),
  "aws:eks/nodeGroup:NodeGroup": (i) => {
    const scaling = record(i["scalingConfig"]);
    const instance = text(list(i["instanceTypes"])[0], "instance");
    return [{ what: `node ${instance} (${String(scaling["minSize"])} to ${String(scaling["maxSize"])})`, quantity: number(scaling["desiredSize"], 1), unit: "instance-hours, plus their volumes" }];
  },
  "aws:rds/instance:Instance": (i, neighbours) => [
    { what: `database ${text(i["instanceClass"], "")}${i["multiAz"] === true ? " Multi-AZ" : ""}${i["replicateSourceDb"] === undefined ? "" : " replica"}`, quantity: 1, unit: i["multiAz"] === true ? "instance-hours, twice for the standby" : "instance-hours" },
    { what: `database storage ${text(i["storageType"], "gp3")}`, quantity: number(i["allocatedStorage"], sizeOfSource(i, neighbours)), unit: i["multiAz"] === true ? "GiB-months, twice for the standby" : "GiB-months" },
  ].filter((driver) => driver.quantity > 0),
  "aws:elasticache/replicationGroup:ReplicationGroup": (i) => [
    { what: `cache node ${text(i["nodeType"], "")}`, quantity: number(i["numCacheClusters"], 1), unit: "node-hours, plus snapshots" },
  ],
  "aws:ec2/natGateway:NatGateway": one("NAT gateway", "gateway-hours, plus each GB processed"),
  "aws:ec2/eip:Eip": one("public IPv4 address", "address-hours"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (i) =>
    i["vpcEndpointType"] === "Interface"
      ? [{ what: "interface endpoint", quantity: Math.max(1, list(i["subnetIds"]).length), unit: "endpoint-hours per zone, plus each GB" }]
      : [],
  "aws:ec2clientvpn/networkAssociation:NetworkAssociation": one("Client VPN association", "association-hours, plus connection-hours"),
  "aws:s3/bucket:Bucket": one("bucket", "GB-months by storage class, requests, transfer"),
  "aws:kms/key:Key": one("customer key", "key-months, plus rotations and requests"),
  "aws:secretsmanager/secret:Secret": one("secret", "secret-months, plus API calls"),
  "aws:lb/loadBalancer:LoadBalancer": one("load balancer", "hours, plus capacity units"),
  "aws:cloudfront/distribution:Distribution": one("CDN distribution", "GB out and requests"),
  "aws:wafv2/webAcl:WebAcl": (i) => [
    { what: "web ACL", quantity: 1, unit: "months, plus requests" },
    { what: "web ACL rule", quantity: list(i["rules"]).length, unit: "rule-months" },
  ],
  "aws:shield/protection:Protection": one("Shield Advanced protection", "part of the yearly subscription, plus GB out"),
  "aws:route53/zone:Zone": one("hosted zone", "zone-months, plus queries"),
  "aws:route53/healthCheck:HealthCheck": one("DNS health check", "check-months"),
  "aws:cloudwatch/logGroup:LogGroup": one("log group", "GB ingested, GB-months stored"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": one("alarm", "alarm-months"),
  "aws:cloudtrail/trail:Trail": one("trail", "data events; the first copy of management events is free"),
  "aws:guardduty/detector:Detector": one("GuardDuty detector", "events and GB analyzed"),
  "aws:securityhub/account:Account": one("Security Hub", "checks and findings"),
  "aws:cfg/recorder:Recorder": one("Config recorder", "configuration items"),
  "aws:inspector2/enabler:Enabler": one("Inspector", "images and instances scanned"),
  "aws:backup/plan:Plan": one("backup plan", "GB-months stored, GB copied across regions"),
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": one("delivery stream", "GB ingested"),
  "aws:codebuild/project:Project": one("build project", "build-minutes"),
  "aws:lambda/function:Function": one("function", "requests and GB-seconds"),
  "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": one("rotation function", "requests and GB-seconds"),
  "aws:synthetics/canary:Canary": one("canary", "runs"),
};

/** A replica is as large as the instance that it follows (RDS user guide, "Working with DB instance read replicas"). */
function sizeOfSource({ replicateSourceDb }: Record<string, unknown>, neighbours: Billed[]): number {
  return number(neighbours.find(({ inputs }) => replicateSourceDb !== undefined && inputs["identifier"] === replicateSourceDb)?.inputs["allocatedStorage"]);
}

const WEIGHT = Object.keys(RULES);

/** Adds up what a set of resources is billed for, what weighs most first. */
export function costDrivers(resources: Billed[]): CostDriver[] {
  const sums = new Map<string, CostDriver>();
  const sorted = resources.filter(({ type }) => type in RULES).sort((a, b) => WEIGHT.indexOf(a.type) - WEIGHT.indexOf(b.type));
  for (const { type, inputs } of sorted) {
    for (const driver of RULES[type]?.(inputs, resources) ?? []) {
      const id = `${driver.what}|${driver.unit}`;
      const known = sums.get(id);
      if (known) known.quantity += driver.quantity;
      else sums.set(id, { ...driver });
    }
  }
  return [...sums.values()];
}
