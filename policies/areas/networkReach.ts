/** What could be reached from the internet without a firewall rule to blame: addresses, services, metadata, shared images. */
import type { Resource } from "../resource.ts";
import { absent, is, present, type Report, type Rule, shown, type Test, where } from "../rule.ts";

const METADATA_DEFAULTS = "aws:ec2:InstanceMetadataDefaults";
const MACHINES = ["aws:ec2:Instance", "aws:ec2:SpotInstanceRequest", "aws:ec2:LaunchTemplate", "aws:ec2:LaunchConfiguration"];

/** What gives a machine a public address when true, and what does by being there. */
const PUBLIC_ADDRESS = ["associatePublicIpAddress", "networkConfiguration.assignPublicIp"];
const TIED_ADDRESS = ["instance", "networkInterface", "instanceId", "networkInterfaceId"];

const notTrue: Test = (value) => (value.flag === true ? "is true, must be false" : undefined);

/** Managed services with a switch for a public address, by the property that has it. */
const SERVICES: Readonly<Record<string, { path: string; test: Test }>> = {
  "aws:redshift:Cluster": { path: "publiclyAccessible", test: notTrue },
  "aws:redshiftserverless:Workgroup": { path: "publiclyAccessible", test: notTrue },
  "aws:mq:Broker": { path: "publiclyAccessible", test: notTrue },
  "aws:dms:ReplicationInstance": { path: "publiclyAccessible", test: notTrue },
  "aws:neptune:ClusterInstance": { path: "publiclyAccessible", test: notTrue },
  "aws:timestreaminfluxdb:DbInstance": { path: "publiclyAccessible", test: notTrue },
  "aws:opensearch:Domain": { path: "vpcOptions", test: present() },
  "aws:elasticsearch:Domain": { path: "vpcOptions", test: present() },
  "aws:msk:Cluster": {
    path: "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
    test: (value) => ((value.text ?? "DISABLED") === "DISABLED" ? undefined : `is ${shown(value)}, must be DISABLED`),
  },
  "aws:sagemaker:NotebookInstance": { path: "directInternetAccess", test: is("Disabled") },
};

function publicService(service: Resource, report: Report): void {
  for (const [kind, { path, test }] of Object.entries(SERVICES)) {
    if (service.is(kind)) where({ [path]: test })(service, report);
  }
}

function publicAddress(machine: Resource, report: Report): void {
  const holders = [machine, ...machine.at("networkInterfaces").items];
  for (const holder of holders) {
    for (const path of PUBLIC_ADDRESS) {
      machine.try(() => {
        if (holder.at(path).flag === true) report(holder.at(path), "is true, must be false");
      });
    }
  }
  where(Object.fromEntries(TIED_ADDRESS.map((path) => [path, absent("machines have private addresses only")])))(machine, report);
}

function subnetAddresses(subnet: Resource, report: Report): void {
  const value = subnet.at("mapPublicIpOnLaunch");
  // A default subnet gives public addresses until somebody says otherwise.
  if (value.flag ?? subnet.is("aws:ec2:DefaultSubnet")) report(value, `is ${shown(value)}, must be false`);
}

function metadataOf(machine: Resource) {
  return machine.is(METADATA_DEFAULTS) ? machine : machine.at("metadataOptions");
}

/** The launch template of an instance says it, and is judged itself. */
function ownMetadata(machine: Resource): boolean {
  return !(machine.is("aws:ec2:Instance", "aws:ec2:SpotInstanceRequest") && machine.at("launchTemplate").exists && !machine.at("metadataOptions").exists);
}

function metadata(option: string, test: Test) {
  return (machine: Resource, report: Report): void => {
    const options = metadataOf(machine);
    if (options.at("httpEndpoint").text === "disabled") return;
    const wrong = test(options.at(option));
    if (wrong !== undefined) report(options.at(option), wrong);
  };
}

export const reach: Rule[] = [
  {
    id: "network/subnet-public-addresses",
    title: "No subnet gives public addresses to what is started in it",
    items: ["network-exposure"],
    severity: "high",
    closed: true,
    frameworks: ["FSBP: EC2.15"],
    why: "Every machine in such a subnet is on the internet by default, and only its security group stands between.",
    mend: "Set `mapPublicIpOnLaunch: false`, also on public subnets: NAT gateways bring an address of their own.",
    kinds: ["aws:ec2:Subnet", "aws:ec2:DefaultSubnet"],
    check: subnetAddresses,
  },
  {
    id: "network/machine-public-address",
    title: "Machines, tasks and network interfaces have private addresses only",
    items: ["network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["FSBP: AutoScaling.5", "FSBP: EC2.9", "FSBP: EC2.25", "FSBP: ECS.2", "FSBP: ECS.16"],
    why: "A machine with a public address can be reached around CloudFront, the WAF and the load balancer, and is found by scanners within the hour.",
    mend: "Leave `associatePublicIpAddress` and `assignPublicIp` false, and tie elastic addresses to NAT gateways only.",
    kinds: [...MACHINES, "aws:ecs:Service", "aws:ecs:TaskSet", "aws:ec2:Eip", "aws:ec2:EipAssociation"],
    check: publicAddress,
  },
  {
    id: "network/metadata-tokens",
    title: "Instance metadata is given to callers with a session token only (IMDSv2)",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 5.6", "FSBP: AutoScaling.3", "FSBP: EC2.8", "FSBP: EC2.170"],
    why: "Version 1 answers any GET: one server-side request forgery in the application hands out the credentials of the machine's role.",
    mend: "Set `metadataOptions.httpTokens: \"required\"`.",
    kinds: [...MACHINES, METADATA_DEFAULTS],
    applies: ownMetadata,
    check: metadata("httpTokens", is("required")),
  },
  {
    id: "network/metadata-hops",
    title: "Instance metadata does not reach containers",
    items: ["network-exposure"],
    severity: "high",
    frameworks: [],
    why: "With two hops a pod asks the node's metadata for the node's role, and has every permission of the node; images of Amazon Linux 2023 come with two.",
    mend: "Set `metadataOptions.httpPutResponseHopLimit: 1`; pods get roles by Pod Identity.",
    kinds: [...MACHINES, METADATA_DEFAULTS],
    applies: ownMetadata,
    check: metadata("httpPutResponseHopLimit", is(1)),
  },
  {
    id: "network/public-service",
    title: "Managed services have no public endpoint",
    items: ["network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["FSBP: DMS.1", "FSBP: ES.2", "FSBP: Opensearch.2", "FSBP: Redshift.1", "FSBP: SageMaker.1"],
    why: "Warehouses, brokers and search clusters are guarded by one password when they are public; most large leaks of the last years began with one.",
    mend: "Set `publiclyAccessible: false`, or put the service into the VPC (`vpcOptions`, `directInternetAccess: \"Disabled\"`).",
    kinds: Object.keys(SERVICES),
    check: publicService,
  },
  {
    id: "network/shared-images",
    title: "Machine images and snapshots can not be shared with everybody",
    items: ["network-exposure"],
    severity: "high",
    frameworks: ["FSBP: EC2.182"],
    why: "A snapshot or an image made public by one wrong click is copied by others within the hour, with every file and key on it.",
    mend: "`aws.ec2.ImageBlockPublicAccess` with `block-new-sharing`, `aws.ebs.SnapshotBlockPublicAccess` with `block-all-sharing`; share with named accounts.",
    kinds: ["aws:ec2:ImageBlockPublicAccess", "aws:ebs:SnapshotBlockPublicAccess", "aws:ec2:AmiLaunchPermission"],
    check: (resource, report) => {
      if (resource.is("aws:ec2:ImageBlockPublicAccess")) where({ state: is("block-new-sharing") })(resource, report);
      else if (resource.is("aws:ebs:SnapshotBlockPublicAccess")) where({ state: is("block-all-sharing") })(resource, report);
      else where({ group: absent("images are shared with named accounts") })(resource, report);
    },
  },
  {
    id: "network/serial-console",
    title: "The serial console of instances is closed",
    items: ["network-exposure"],
    severity: "medium",
    frameworks: [],
    why: "The serial console goes around every firewall rule, and its sessions are in no log of the network.",
    mend: "Set `enabled: false`; use Session Manager.",
    kinds: ["aws:ec2:SerialConsoleAccess"],
    check: where({ enabled: is(false) }),
  },
  {
    id: "network/private-builds",
    title: "Builds and functions run inside the VPC",
    items: ["network-exposure"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Outside of the VPC they reach the internet without flow log and endpoint policy, and nothing private at all.",
    mend: "Set `vpcConfig` with private subnets and a security group of its own. What calls AWS alone, and is called by AWS alone, may stay outside.",
    kinds: ["aws:codebuild:Project", "aws:lambda:Function"],
    check: where({ vpcConfig: present() }),
  },
];
