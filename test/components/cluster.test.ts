import * as aws from "@pulumi/aws";
import { describe, expect, it } from "vitest";
import type { ClusterArgs } from "../../components/cluster/index.ts";
import { Cluster } from "../../components/cluster/index.ts";
import { nodeUserData } from "../../components/cluster/nodes.ts";
import { SERVICES } from "../../components/cluster/serviceTable.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statement, valueOf } from "./mocks.ts";

const ADDONS = ["vpc-cni", "coredns", "kube-proxy", "aws-ebs-csi-driver", "eks-pod-identity-agent", "metrics-server", "cert-manager"];
const CHARTS = ["cluster-autoscaler", "external-secrets", "prometheus-adapter"];
const services: ClusterArgs["services"] = {
  ...Object.fromEntries(ADDONS.map((service) => [service, { source: "eksAddon" as const, version: "v1.0.0-eksbuild.1" }])),
  ...Object.fromEntries(CHARTS.map((service) => [service, { source: "chart" as const, version: "1.0.0" }])),
};
const general = { instanceType: "t3.large", min: 3, desired: 3, max: 10, diskGib: 50, capacityType: "ON_DEMAND" as const, labels: { pool: "general" } };

const CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4";
const bootstrap = { principalArn: "arn:aws:iam::123456789012:role/administrator", publicCidrs: ["203.0.113.7/32"] };

const base: ClusterArgs = {
  prefix: "shop-production",
  accountId: "123456789012",
  region: "us-east-1",
  version: "1.35",
  access: { via: "runner", publicCidrs: [], connectionArn: CONNECTION },
  ciRepository: "example/shop",
  logRetentionDays: 365,
  services,
  nodes: { general },
  logRotationMb: 100,
  logRotationFiles: 5,
  network: { vpcId: "vpc-1", privateSubnetIds: ["subnet-a", "subnet-b", "subnet-c"], cidr: "10.20.0.0/16" },
  keys: { cluster: "arn:aws:kms:us-east-1:123456789012:key/cluster", volumes: "arn:aws:kms:us-east-1:123456789012:key/volumes", logs: "arn:aws:kms:us-east-1:123456789012:key/logs" },
  operators: [{ name: "operator", roleArn: "arn:aws:iam::123456789012:role/shop-production-operator", policy: "AmazonEKSViewPolicy" }],
  deployRoleArn: "arn:aws:iam::123456789012:role/shop-production-deploy",
  alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms",
  protection: { protect: true, retainOnDelete: true },
};
const existing = { name: "shared-1", eks: true, workloadCidrs: ["10.0.0.0/16"], autoscalingGroups: ["shared-1-nodes"] };
const declare = (over: Partial<ClusterArgs>) => declared(() => { new Cluster("cluster", { ...base, ...over }); });
let defaults: ReturnType<typeof declare> | undefined;
/** The defaults are declared once: most tests only look at them. */
const cluster = (over?: Partial<ClusterArgs>) => (over === undefined ? (defaults ??= declare({})) : declare(over));
const eks = (resources: Declared[]) => only(resources, "aws:eks/cluster:Cluster");

describe("Cluster control plane", () => {
  it("has a private endpoint alone, encrypted secrets, all logs and no aws-auth", async () => {
    const { inputs, protect } = eks(await cluster());
    expect(protect).toBe(true);
    expect(inputs).toMatchObject({
      name: "shop-production",
      version: "1.35",
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false, subnetIds: ["subnet-a", "subnet-b", "subnet-c"] },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { provider: { keyArn: base.keys.cluster }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
    });
    expect((inputs["vpcConfig"] as Record<string, unknown>)["publicAccessCidrs"]).toBeUndefined();
  });

  it("makes the encrypted log group before the cluster would", async () => {
    const resources = await cluster();
    const group = only(resources, "aws:cloudwatch/logGroup:LogGroup", "cluster-control-plane-logs");
    expect(group.inputs).toMatchObject({ name: "/aws/eks/shop-production/cluster", retentionInDays: 365, kmsKeyId: base.keys.logs });
    expect(eks(resources).dependencies).toContain(group.urn);
  });

  it("lets only this cluster's control plane take its role", async () => {
    const role = only(await cluster(), "aws:iam/role:Role", "cluster-control-plane-role");
    expect(role.inputs["name"]).toBe("shop-production-cluster");
    expect(statement(role, "ControlPlaneOfThisCluster", "assumeRolePolicy").Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "123456789012" }, ArnLike: { "aws:SourceArn": "arn:aws:eks:us-east-1:123456789012:cluster/shop-production" },
    });
  });

  it("gives the control plane the one managed policy that it needs", async () => {
    const attached = ofType(await cluster(), "aws:iam/rolePolicyAttachment:RolePolicyAttachment").filter(({ name }) => name.startsWith("cluster-control-plane-"));
    expect(attached.map(({ inputs }) => inputs["policyArn"])).toEqual(["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"]);
  });

  it("names every firewall rule, and opens nothing to the world but HTTPS out", async () => {
    const resources = await cluster();
    const rules = [...ofType(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), ...ofType(resources, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")];
    expect(rules.length).toBeGreaterThan(15);
    expect(rules.filter((rule) => !rule.inputs["description"])).toEqual([]);
    const open = rules.filter((rule) => rule.inputs["cidrIpv4"] === "0.0.0.0/0");
    expect(open.map((rule) => [rule.type.endsWith("EgressRule"), rule.inputs["fromPort"], rule.inputs["toPort"]])).toEqual([[true, 443, 443], [true, 443, 443]]);
  });

  it("gives operators and pipeline access entries with a policy each", async () => {
    const resources = await cluster();
    expect(ofType(resources, "aws:eks/accessEntry:AccessEntry").map((entry) => entry.inputs["principalArn"])).toEqual([base.deployRoleArn, "arn:aws:iam::123456789012:role/shop-production-operator"]);
    expect(ofType(resources, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation").map((one) => one.inputs["policyArn"])).toEqual([
      "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
    ]);
  });

  it("puts people into groups when told", async () => {
    const resources = await cluster({ operators: [{ name: "team", roleArn: "arn:aws:iam::123456789012:role/team", policy: "AmazonEKSViewPolicy", groups: ["shop-production-operators"] }] });
    expect(only(resources, "aws:eks/accessEntry:AccessEntry", "cluster-access-team").inputs["kubernetesGroups"]).toEqual(["shop-production-operators"]);
  });

  it("limits an entry to namespaces when told", async () => {
    const resources = await cluster({ operators: [{ name: "team", roleArn: "arn:aws:iam::123456789012:role/team", policy: "AmazonEKSEditPolicy", namespaces: ["shop"] }] });
    expect(only(resources, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "cluster-access-team-policy").inputs["accessScope"]).toEqual({ type: "namespace", namespaces: ["shop"] });
  });
});

describe("Cluster way in", () => {
  it("runs CI inside the network, with a rule to the API and no right to deploy", async () => {
    const resources = await cluster();
    expect(only(resources, "aws:codebuild/project:Project", "cluster-runner").inputs).toMatchObject({
      name: "shop-production-runner",
      source: { type: "GITHUB", location: "https://github.com/example/shop.git", auth: { type: "CODECONNECTIONS", resource: CONNECTION } },
      environment: { privilegedMode: false },
      vpcConfig: { vpcId: "vpc-1", subnets: ["subnet-a", "subnet-b", "subnet-c"], securityGroupIds: ["cluster-runner-id"] },
    });
    expect(only(resources, "aws:codebuild/project:Project", "cluster-runner").inputs["encryptionKey"]).toBeUndefined();
    expect(only(resources, "aws:codebuild/webhook:Webhook").inputs["filterGroups"]).toEqual([{ filters: [{ type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" }] }]);
    expect(only(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cluster-runner-to-api").inputs).toMatchObject({
      securityGroupId: "cluster-control-plane-api-id", referencedSecurityGroupId: "cluster-runner-id", fromPort: 443,
    });
    const policy = JSON.stringify(only(resources, "aws:iam/rolePolicy:RolePolicy", "cluster-runner-policy").inputs);
    expect(policy).not.toMatch(/sts:|iam:|eks:|kms:|ssmmessages:/);
  });

  it("uses a connection that was confirmed before, and makes none that would be pending", async () => {
    const resources = await cluster();
    expect(ofType(resources, "aws:codeconnections/connection:Connection")).toEqual([]);
    expect(statement(only(resources, "aws:iam/rolePolicy:RolePolicy", "cluster-runner-policy"), "UseConnection").Resource).toBe(CONNECTION);
  });

  it("gives operators a shell without repository and rights", async () => {
    const resources = await cluster();
    expect(only(resources, "aws:codebuild/project:Project", "cluster-runner-shell").inputs).toMatchObject({
      name: "shop-production-shell",
      source: { type: "NO_SOURCE", buildspec: '{"version":0.2,"phases":{"build":{"commands":["codebuild-breakpoint"]}}}' },
      environment: { privilegedMode: false },
      vpcConfig: { vpcId: "vpc-1", securityGroupIds: ["cluster-runner-id"] },
      buildTimeout: 60,
    });
    const policy = JSON.stringify(only(resources, "aws:iam/rolePolicy:RolePolicy", "cluster-runner-shell-policy").inputs);
    expect(policy).toContain("ssmmessages:OpenDataChannel");
    expect(policy).not.toMatch(/sts:|iam:|eks:|kms:|codeconnections:/);
  });

  it("lets one principal from named addresses into the first up", async () => {
    const resources = await cluster({ access: { via: "runner", publicCidrs: [], connectionArn: CONNECTION, bootstrap } });
    expect(eks(resources).inputs["vpcConfig"]).toMatchObject({ endpointPrivateAccess: true, endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.7/32"] });
    expect(only(resources, "aws:eks/accessEntry:AccessEntry", "cluster-access-bootstrap").inputs).toMatchObject({ principalArn: "arn:aws:iam::123456789012:role/administrator", type: "STANDARD" });
    const association = only(resources, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "cluster-access-bootstrap-policy");
    expect(association.inputs).toMatchObject({
      principalArn: "arn:aws:iam::123456789012:role/administrator", policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", accessScope: { type: "cluster" },
    });
    // The Kubernetes objects wait for the entry.
    expect(only(resources, "pulumi:providers:kubernetes").dependencies).toContain(association.urn);
  });

  it("adds the addresses of the first up to those of a public endpoint, each once", async () => {
    const resources = await cluster({ access: { via: "publicCidrs", publicCidrs: ["203.0.113.7/32"], bootstrap: { ...bootstrap, publicCidrs: ["203.0.113.7/32", "198.51.100.1/32"] } } });
    expect(eks(resources).inputs["vpcConfig"]).toMatchObject({ publicAccessCidrs: ["203.0.113.7/32", "198.51.100.1/32"] });
  });

  it("opens the API to VPN clients by their security group", async () => {
    const resources = await cluster({ access: { via: "vpn", publicCidrs: [] }, vpnSecurityGroupId: "sg-vpn" });
    expect(only(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cluster-control-plane-api-from-vpn").inputs).toMatchObject({ referencedSecurityGroupId: "sg-vpn", fromPort: 443, toPort: 443 });
    expect(ofType(resources, "aws:codebuild/project:Project")).toEqual([]);
  });

  it("limits a public endpoint to the named addresses", async () => {
    const resources = await cluster({ access: { via: "publicCidrs", publicCidrs: ["203.0.113.0/24"] } });
    expect(eks(resources).inputs["vpcConfig"]).toMatchObject({ endpointPrivateAccess: true, endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] });
  });

  it.each([
    [{ access: { publicCidrs: [] } }, /access\.via is not set/],
    [{ ciRepository: undefined }, /needs ciRepository/],
    [{ access: { via: "runner" as const, publicCidrs: [] } }, /needs access\.connectionArn/],
    [{ access: { via: "runner" as const, publicCidrs: [], connectionArn: CONNECTION, bootstrap: { ...bootstrap, publicCidrs: ["0.0.0.0/0"] } } }, /access\.bootstrap\.publicCidrs has 0\.0\.0\.0\/0.*remove access\.bootstrap afterwards/],
    [{ access: { via: "vpn" as const, publicCidrs: [] } }, /the network has no VPN/],
    [{ access: { via: "publicCidrs" as const, publicCidrs: [] } }, /access\.publicCidrs is empty/],
    [{ access: { via: "publicCidrs" as const, publicCidrs: ["0.0.0.0/0"] } }, /0\.0\.0\.0\/0, which is everybody/],
    [{ access: { via: "runner" as const, publicCidrs: ["203.0.113.0/24"], connectionArn: CONNECTION } }, /exactly one way in/],
  ])("refuses %j", async (over, message) => { await expect(cluster(over)).rejects.toThrow(message); });
});

describe("Cluster nodes", () => {
  it("encrypts disks, takes IMDSv2 alone and one hop, and watches closely", async () => {
    expect(only(await cluster(), "aws:ec2/launchTemplate:LaunchTemplate").inputs).toMatchObject({
      blockDeviceMappings: [{ ebs: { encrypted: "true", kmsKeyId: base.keys.volumes, volumeType: "gp3", volumeSize: 50 } }],
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: true },
      vpcSecurityGroupIds: ["cluster-control-plane-nodes-id"],
    });
  });

  it("starts no node before the network is ready", async () => {
    const resources = await declared(() => {
      const route = new aws.ec2.Route("way-out", { routeTableId: "rtb-1", natGatewayId: "nat-1", destinationCidrBlock: "0.0.0.0/0" });
      new Cluster("cluster", { ...base, network: { ...base.network, ready: [route] } });
    });
    expect(only(resources, "aws:eks/nodeGroup:NodeGroup").dependencies).toContain(only(resources, "aws:ec2/route:Route").urn);
  });

  it("leaves the number of nodes to the autoscaler after creation", async () => {
    const group = only(await cluster(), "aws:eks/nodeGroup:NodeGroup");
    expect(group.inputs).toMatchObject({
      instanceTypes: ["t3.large"], amiType: "AL2023_x86_64_STANDARD", capacityType: "ON_DEMAND", scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 10 }, updateConfig: { maxUnavailable: 1 }, subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
    });
    expect(group.ignoreChanges).toEqual(["scalingConfig.desiredSize"]);
  });

  it.each([["m7g.large", "AL2023_ARM_64_STANDARD"], ["c7gn.xlarge", "AL2023_ARM_64_STANDARD"], ["g5.xlarge", "AL2023_x86_64_STANDARD"], ["m7i.large", "AL2023_x86_64_STANDARD"]])("runs %s from image %s", async (instanceType, image) => {
    expect(only(await cluster({ nodes: { general: { ...general, instanceType } } }), "aws:eks/nodeGroup:NodeGroup").inputs["amiType"]).toBe(image);
  });

  it("has the kubelet rotate logs at 100 MB and keep 5", async () => {
    const encoded = only(await cluster(), "aws:ec2/launchTemplate:LaunchTemplate").inputs["userData"];
    const text = Buffer.from(String(encoded), "base64").toString();
    expect(text).toBe(nodeUserData(100, 5));
    expect(text).toContain("Content-Type: application/node.eks.aws");
    expect(text).toMatch(/containerLogMaxSize: 100M\n +containerLogMaxFiles: 5\n/);
  });

  it("alarms when a node is sick or hot", async () => {
    const alarms = ofType(await cluster(), "aws:cloudwatch/metricAlarm:MetricAlarm").filter((alarm) => alarm.inputs["namespace"] === "AWS/EC2");
    expect(alarms.map((alarm) => [alarm.inputs["metricName"], alarm.inputs["threshold"]])).toEqual([["StatusCheckFailed", 0], ["CPUUtilization", 90]]);
    expect(alarms.every((alarm) => (alarm.inputs["alarmActions"] as string[])[0] === base.alarmTopicArn)).toBe(true);
  });
});

describe("Cluster services", () => {
  it("knows every service of the table once, add-ons and charts, pinned", async () => {
    const resources = await cluster();
    expect(Object.keys(SERVICES).sort()).toEqual([...ADDONS, ...CHARTS].sort());
    expect(ofType(resources, "aws:eks/addon:Addon").map((addon) => [addon.inputs["addonName"], addon.inputs["addonVersion"]]).sort()).toEqual(ADDONS.map((addon) => [addon, "v1.0.0-eksbuild.1"]).sort());
    expect(ofType(resources, "kubernetes:helm.sh/v4:Chart").map((chart) => [chart.inputs["name"], chart.inputs["version"]]).sort()).toEqual(CHARTS.map((chart) => [chart, "1.0.0"]).sort());
  });

  it("enforces network policies in the pod network, by a role of its own", async () => {
    const resources = await cluster();
    const cni = only(resources, "aws:eks/addon:Addon", "cluster-node-services-vpc-cni");
    expect(JSON.parse(String(cni.inputs["configurationValues"]))).toMatchObject({ enableNetworkPolicy: "true" });
    expect(cni.inputs["podIdentityAssociations"]).toEqual([{ serviceAccount: "aws-node", roleArn: "arn:aws:mock:us-east-1:123456789012:cluster-node-services-vpc-cni-role" }]);
  });

  it("has network, proxy and identity agent before nodes, the rest after", async () => {
    const resources = await cluster();
    const group = only(resources, "aws:eks/nodeGroup:NodeGroup");
    for (const early of ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]) expect(group.dependencies).toContain(only(resources, "aws:eks/addon:Addon", `cluster-node-services-${early}`).urn);
    expect(only(resources, "aws:eks/addon:Addon", "cluster-services-coredns").dependencies).toContain(group.urn);
  });

  it("lets the autoscaler change only this cluster's groups", async () => {
    const own = statement(only(await cluster(), "aws:iam/rolePolicy:RolePolicy", "cluster-services-cluster-autoscaler-policy"), "SetSizeOfOwnGroups");
    expect(own.Condition).toEqual({ StringEquals: { "aws:ResourceTag/eks:cluster-name": "shop-production" } });
  });

  it("closes the namespaces of charts: restricted pods, default deny, named ways", async () => {
    const resources = await cluster();
    const namespaces = ofType(resources, "kubernetes:core/v1:Namespace");
    expect(namespaces.map((one) => (one.inputs["metadata"] as { name: string }).name)).toEqual(["external-secrets", "metrics-adapter"]);
    expect(namespaces[0]?.inputs).toMatchObject({ metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } } });
    expect(only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "cluster-services-external-secrets-default-deny").inputs["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const egress = (name: string) => serviceRules(resources, name).egress ?? [];
    expect(cidrsOf(egress("allow-api-server"), "to")).toEqual(["10.20.0.0/16", "10.100.0.0/16", "172.20.0.0/16"]);
    expect(egress("allow-api-server")).toMatchObject([{ ports: [{ port: 443 }, { port: 6443 }] }]);
    // AWS and the agent that hands out roles; no private network besides the VPC.
    expect(cidrsOf(egress("allow-aws"), "to")).toEqual(["10.20.0.0/16", "0.0.0.0/0", "169.254.170.23/32"]);
    expect(egress("allow-aws")).toMatchObject([{ to: [{}, { ipBlock: { except: expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16"]) as unknown } }] }, { ports: [{ port: 80 }] }]);
    expect(serviceRules(resources, "allow-webhooks").ingress).toMatchObject([{ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 6443 }, { port: 8443 }, { port: 9443 }, { port: 10_250 }] }]);
  });

  it("makes an encrypted default storage class with the driver", async () => {
    expect(only(await cluster(), "kubernetes:storage.k8s.io/v1:StorageClass").inputs).toMatchObject({
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: base.keys.volumes }, volumeBindingMode: "WaitForFirstConsumer", metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    });
  });

  it("declares nothing for what is present, and says what to wait for otherwise", async () => {
    await declared(() => {
      const made = new Cluster("cluster", { ...base, services: { ...services, "cert-manager": { source: "present", version: "1.0.0" } } });
      expect(made.service("cert-manager")).toBeUndefined();
      expect(made.service("external-secrets")).toBeDefined();
      expect(made.charts).toEqual(CHARTS);
    });
  });

  it.each([
    [{ services: { ...services, "no-such": { source: "chart", version: "1" } } }, /there is no service no-such; known are vpc-cni/],
    [{ services: { ...services, coredns: { source: "chart", version: "1" } } }, /coredns can not come from chart; it has no chart/],
  ])("refuses a service or source that it does not have", async (over, message) => { await expect(cluster(over)).rejects.toThrow(message); });
});

type NetworkRule = Partial<Record<"to" | "from", { ipBlock?: { cidr: string } }[]>>;

/** What a network policy in the namespace of External Secrets says. */
function serviceRules(resources: Declared[], name: string): { ingress?: NetworkRule[]; egress?: NetworkRule[] } {
  return only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", `cluster-services-external-secrets-${name}`).inputs["spec"] as { ingress?: NetworkRule[]; egress?: NetworkRule[] };
}

function cidrsOf(rules: NetworkRule[], side: "to" | "from"): string[] {
  return rules.flatMap((rule) => rule[side] ?? []).flatMap((peer) => peer.ipBlock?.cidr ?? []);
}

describe("existing cluster", () => {
  const kubeconfig = "apiVersion: v1\nkind: Config\n";

  it("leaves EKS, nodes and runner out and keeps services and provider", async () => {
    const resources = await declared(async () => {
      const made = new Cluster("cluster", { ...base, existing, kubeconfig });
      expect(made.clusterName).toBe("shared-1");
      expect(made.autoscalingGroups).toEqual({ "shared-1-nodes": "shared-1-nodes" });
      expect(made.nodeSecurityGroupId).toBeUndefined();
      expect(made.identity).toMatchObject({ kind: "podIdentity", clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/shared-1" });
      expect(await valueOf(made.provider.urn)).toContain("cluster-kubernetes");
    });
    for (const type of ["aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:codebuild/project:Project", "aws:ec2/securityGroup:SecurityGroup"]) expect(ofType(resources, type), type).toEqual([]);
    expect(ofType(resources, "kubernetes:helm.sh/v4:Chart")).toHaveLength(3);
    expect(only(resources, "pulumi:providers:kubernetes").inputs).toMatchObject({ clusterIdentifier: "arn:aws:eks:us-east-1:123456789012:cluster/shared-1" });
  });

  it("lets services reach, and be called by, the API server where the owner says it is, and beside nodes and pods by default", async () => {
    const elsewhere = await cluster({ existing: { ...existing, apiServerCidrs: ["192.168.50.5/32"], serviceCidr: "10.96.0.0/12" }, kubeconfig });
    expect(cidrsOf(serviceRules(elsewhere, "allow-api-server").egress ?? [], "to")).toEqual(["192.168.50.5/32", "10.96.0.0/12"]);
    expect(cidrsOf(serviceRules(elsewhere, "allow-webhooks").ingress ?? [], "from")).toEqual(["192.168.50.5/32"]);
    const beside = await cluster({ existing, kubeconfig });
    expect(cidrsOf(serviceRules(beside, "allow-api-server").egress ?? [], "to")).toEqual(["10.0.0.0/16", "10.100.0.0/16", "172.20.0.0/16"]);
    expect(cidrsOf(serviceRules(beside, "allow-webhooks").ingress ?? [], "from")).toEqual(["10.0.0.0/16"]);
  });

  it.each([
    [{ existing }, /needs its kubeconfig; set it with: pulumi config set --secret kubeconfig/],
    [{ existing: { ...existing, eks: false }, kubeconfig }, /source eksAddon, but shared-1 is not an EKS cluster/],
    [{ existing: { ...existing, eks: false }, kubeconfig, services: {} }, /set cluster\.existing\.oidcProviderArn/],
    [{ existing: { ...existing, eks: false, oidcProviderArn: "arn:aws:iam::123456789012:role/no" }, kubeconfig, services: {} }, /is not the ARN of an IAM OIDC provider/],
  ])("refuses what could not work", async (over, message) => { await expect(cluster(over)).rejects.toThrow(message); });
});
