/** Requirements, section 1, row "cluster". */
import { expect } from "vitest";
import { kept, names, statement } from "../facts.ts";
import { expectAccepted, expectRefused } from "../refused.ts";
import { at, type Rendered, type RenderedResource } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "cluster";
const CLUSTER = "aws:eks/cluster:Cluster";
const ADDON = "aws:eks/addon:Addon";
const CHART = "kubernetes:helm.sh/v4:Chart";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

const ADDONS = {
  "aws-ebs-csi-driver": "v1.63.0-eksbuild.1", "cert-manager": "v1.19.3-eksbuild.2", coredns: "v1.13.2-eksbuild.11", "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
  "kube-proxy": "v1.35.3-eksbuild.18", "metrics-server": "v0.9.0-eksbuild.6", "vpc-cni": "v1.22.4-eksbuild.3",
};
const CHARTS = { "cluster-autoscaler": "9.57.0", "external-secrets": "1.0.0", "prometheus-adapter": "5.1.0" };

function versions(rendered: Rendered): { addons: Record<string, unknown>; charts: Record<string, unknown> } {
  return {
    addons: Object.fromEntries(rendered.all(ADDON).map(({ props }) => [String(props["addonName"]), props["addonVersion"]])),
    charts: Object.fromEntries(rendered.all(CHART, /^cluster-services-/).map(({ props }) => [String(props["name"]), props["version"]])),
  };
}

/** Settings of an add-on. */
function settings(rendered: Rendered, name: string): unknown {
  return JSON.parse(String(at(rendered.one(ADDON, name).props, "configurationValues")));
}

/** An add-on by the requirement's words for it. */
function addon(phrase: string, name: string, addonName: keyof typeof ADDONS, also?: (rendered: Rendered) => void): Requirement {
  return kept(row, phrase, [[ADDON, name, { addonName, addonVersion: ADDONS[addonName], clusterName: "shop-production", resolveConflictsOnUpdate: "OVERWRITE" }]], also);
}

/** The group in front of the API endpoint lets in these rules. */
function intoApi(rendered: Rendered): string[] {
  const groups = at(rendered.one(CLUSTER).props, "vpcConfig.securityGroupIds") as string[];
  return rendered.all(INGRESS).filter(({ props }) => groups.includes(String(props["securityGroupId"]))).map(({ name }) => name).sort();
}

function isExternalDns({ name, props }: RenderedResource): boolean {
  return /external-?dns/i.test(`${name} ${String(props["chart"])} ${String(props["addonName"])}`);
}

export const cluster: Requirement[] = [
  kept(row, "EKS", [[CLUSTER, "cluster-control-plane", { name: "shop-production", version: "1.35", roleArn: "arn:aws:iam::123456789012:role/shop-production-cluster", deletionProtection: true, "upgradePolicy.supportType": "STANDARD", bootstrapSelfManagedAddons: false }]],
    (p) => expect(p.one(CLUSTER).protect).toBe(true)),
  kept(row, "private endpoint", [[CLUSTER, "cluster-control-plane", { "vpcConfig.endpointPrivateAccess": true, "vpcConfig.endpointPublicAccess": false, "vpcConfig.publicAccessCidrs": undefined }]], (p) => {
    const subnets = p.all("aws:ec2/routeTableAssociation:RouteTableAssociation", /^network-vpc-private-/).map(({ props }) => props["subnetId"]);
    expect((at(p.one(CLUSTER).props, "vpcConfig.subnetIds") as string[]).toSorted()).toEqual(subnets.toSorted());
  }),
  kept(row, "exactly one declared way in for operators and CI (runner inside the network", [
    ["aws:codebuild/project:Project", "cluster-runner", { name: "shop-production-runner", serviceRole: "arn:aws:iam::123456789012:role/shop-production-runner", "environment.privilegedMode": false, projectVisibility: "PRIVATE", "source.auth.resource": "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4" }],
    ["aws:codebuild/webhook:Webhook", "cluster-runner-jobs", { projectName: "shop-production-runner", "filterGroups[0].filters[0].pattern": "WORKFLOW_JOB_QUEUED" }],
    [INGRESS, "cluster-runner-to-api", { fromPort: 443, toPort: 443, ipProtocol: "tcp" }],
  ], (p) => {
    expect(at(p.one("aws:codebuild/project:Project", "cluster-runner").props, "vpcConfig.subnets")).toHaveLength(3);
    // The operators' shell uses the runner's place in the network, and nothing of the repository.
    expect(at(p.one("aws:codebuild/project:Project", "cluster-runner-shell").props, "source")).toEqual({ type: "NO_SOURCE", buildspec: '{"version":0.2,"phases":{"build":{"commands":["codebuild-breakpoint"]}}}' });
    // CI's jobs run in the one; operators open a session to a build of the other.
    expect(statement(p.one("aws:iam/rolePolicy:RolePolicy", "cluster-runner-shell-policy"), "DebugSession").Action).toContain("ssmmessages:OpenDataChannel");
    // Beside the cluster's own nodes, the runner alone.
    expect(intoApi(p)).toEqual(["cluster-control-plane-api-from-nodes", "cluster-runner-to-api"]);
  }),
  {
    row,
    phrase: "Client VPN",
    rendering: "choices",
    resources: (p) => [...p.all("aws:ec2clientvpn/endpoint:Endpoint"), ...p.all(INGRESS, "cluster-control-plane-api-from-vpn")],
    check: (p) => {
      expect(p.all("aws:ec2clientvpn/endpoint:Endpoint")).toHaveLength(1);
      expect(p.all("aws:codebuild/project:Project")).toEqual([]);
      expect(intoApi(p)).toEqual(["cluster-control-plane-api-from-nodes", "cluster-control-plane-api-from-vpn"]);
      expect(at(p.one(CLUSTER).props, "vpcConfig.endpointPublicAccess")).toBe(false);
    },
  },
  {
    row,
    phrase: "or a CIDR-limited public endpoint)",
    resources: () => [],
    check: () => {
      expectAccepted({ cluster: { access: { via: "publicCidrs", publicCidrs: ["203.0.113.0/24"] } } });
      expectRefused({ cluster: { access: { via: "publicCidrs" } } }, "cluster.access.publicCidrs", "at least one range");
      expectRefused({ cluster: { access: { via: "publicCidrs", publicCidrs: ["0.0.0.0/0"] } } }, "cluster.access.publicCidrs", "/16 or smaller");
    },
  },
  {
    row,
    phrase: "configuration without one is refused",
    resources: () => [],
    check: () => {
      expectRefused({ cluster: undefined }, "cluster.access.via", "one of: runner, vpn, publicCidrs");
      expectRefused({ cluster: { access: { connectionArn: undefined } } }, "cluster.access.connectionArn", "while cluster.access.via is runner");
      expectRefused({ cluster: { access: { bootstrap: { principalArn: "arn:aws:iam::123456789012:role/administrator", publicCidrs: ["0.0.0.0/0"] } } } }, "cluster.access.bootstrap.publicCidrs", "/24 or smaller");
      expectRefused({ cluster: { access: { via: "vpn" } } }, "network.vpn.enabled", "while cluster.access.via is vpn");
      expectRefused({ cluster: { access: { via: "runner", publicCidrs: ["203.0.113.0/24"] } } }, "cluster.access.publicCidrs", "while cluster.access.via is runner");
    },
  },
  kept(row, "secrets envelope-encrypted with a customer key", [[CLUSTER, "cluster-control-plane", { "encryptionConfig.resources": ["secrets"] }]], (p) => {
    const key = at(p.one(CLUSTER).props, "encryptionConfig.provider.keyArn");
    expect(key).toBe(`arn:aws:kms:us-east-1:123456789012:key/${String(p.one("aws:kms/alias:Alias", "keys-cluster-alias").props["targetKeyId"])}`);
    expect(statement(p.one("aws:iam/rolePolicy:RolePolicy", "cluster-control-plane-key"), "EncryptSecrets").Resource).toBe(key);
  }),
  kept(row, "all control-plane logs", [
    [CLUSTER, "cluster-control-plane", { enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"] }],
    ["aws:cloudwatch/logGroup:LogGroup", "cluster-control-plane-logs", { name: "/aws/eks/shop-production/cluster", retentionInDays: 365 }],
  ]),
  {
    row,
    phrase: "access entries (no aws-auth)",
    resources: (p) => [p.one(CLUSTER), ...p.all(ENTRY), ...p.all(POLICY)],
    check: (p) => {
      expect(at(p.one(CLUSTER).props, "accessConfig")).toEqual({ authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false });
      expect(p.all(ENTRY).map(({ props }) => props["principalArn"]).sort()).toEqual(["break-glass", "deploy", "operator", "readonly"].map((role) => `arn:aws:iam::123456789012:role/shop-production-${role}`));
      expect(Object.fromEntries(p.all(POLICY).map(({ props }) => [String(props["principalArn"]).replace("arn:aws:iam::123456789012:role/shop-production-", ""), String(props["policyArn"]).replace("arn:aws:eks::aws:cluster-access-policy/", "")]))).toEqual({
        "break-glass": "AmazonEKSClusterAdminPolicy", deploy: "AmazonEKSClusterAdminPolicy", operator: "AmazonEKSViewPolicy", readonly: "AmazonEKSViewPolicy",
      });
      // Of people, break-glass alone belongs to no group of ours and needs none.
      expect(Object.fromEntries(p.all(ENTRY).map(({ name, props }) => [name, props["kubernetesGroups"]]).filter(([, groups]) => groups !== undefined && JSON.stringify(groups) !== "[]"))).toEqual({ "cluster-access-operator": ["shop-production-operators"] });
      expect(p.all("ConfigMap", "aws-auth")).toEqual([]);
    },
  },
  {
    row,
    phrase: "Pod Identity or IRSA",
    resources: (p) => [...p.all(ASSOCIATION), p.one(ADDON, "cluster-node-services-eks-pod-identity-agent"), ...p.all("aws:iam/role:Role", /^(app|external-secrets|cluster-services-cluster-autoscaler)-role$/)],
    check: (p) => {
      expect(p.one(ADDON, "cluster-node-services-eks-pod-identity-agent").props["addonName"]).toBe("eks-pod-identity-agent");
      expect(names(p, ASSOCIATION)).toEqual([
        "app", "app-migrations", "cache-cleanup", "cloudwatch-exporter", "cluster-services-cluster-autoscaler", "dast", "database-dump", "database-roles", "expiry-check", "external-secrets",
        "image-scan", "job-watch", "logs", "node-patch", "partitions", "postgres-exporter", "restore-drill", "state-export", "traces", "vacuum",
      ].map((workload) => `${workload}-association`));
      expect(p.all(ADDON).flatMap(({ props }) => (props["podIdentityAssociations"] as { roleArn: string }[] | undefined) ?? []).map(({ roleArn }) => roleArn).sort()).toEqual([
        "arn:aws:iam::123456789012:role/shop-production-aws-ebs-csi-driver", "arn:aws:iam::123456789012:role/shop-production-vpc-cni",
      ]);
      for (const association of p.all(ASSOCIATION)) {
        expect(association.props["clusterName"], association.name).toBe("shop-production");
        const role = p.all("aws:iam/role:Role").find(({ props }) => `arn:aws:iam::123456789012:role/${String(props["name"])}` === association.props["roleArn"]);
        // One service account takes the role, and only by this cluster's agent.
        expect(JSON.parse(String(role?.props["assumeRolePolicy"])), association.name).toMatchObject({
          Statement: [{
            Principal: { Service: "pods.eks.amazonaws.com" }, Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: { StringEquals: { "aws:SourceAccount": "123456789012", "aws:RequestTag/kubernetes-namespace": association.props["namespace"], "aws:RequestTag/kubernetes-service-account": association.props["serviceAccount"] } },
          }],
        });
      }
    },
  },
  {
    row,
    phrase: "cluster services in one table, each with `source: eksAddon / chart / present`",
    rendering: "choices",
    resources: (p) => [...p.all(ADDON), ...p.all(CHART, /^cluster-services-/)],
    check: (p) => {
      // Two lines of the table changed: metrics-server comes from its chart, cert-manager is there already.
      const { "metrics-server": _addon, "cert-manager": _present, ...addons } = ADDONS;
      expect(versions(p)).toEqual({ addons, charts: { ...CHARTS, "metrics-server": "3.13.0" } });
      expectRefused({ cluster: { services: { coredns: { source: "helm" } } } }, "cluster.services.coredns.source", "eksAddon");
    },
  },
  {
    row,
    phrase: "pinned",
    resources: (p) => [...p.all(ADDON), ...p.all(CHART)],
    check: (p) => {
      expect(versions(p)).toEqual({ addons: ADDONS, charts: CHARTS });
      expect(Object.fromEntries(p.all(CHART).map(({ props }) => [props["name"], props["version"]]))).toEqual({ ...CHARTS, "nginx-ingress": "2.3.1", "prometheus-operator-crds": "23.0.0" });
      expectRefused({ cluster: { services: { coredns: { version: "latest" } } } }, "cluster.services.coredns.version", "latest");
    },
  },
  addon("vpc-cni with network policy", "cluster-node-services-vpc-cni", "vpc-cni", (p) => expect(settings(p, "cluster-node-services-vpc-cni")).toMatchObject({ enableNetworkPolicy: "true" })),
  addon("coredns", "cluster-services-coredns", "coredns", (p) => expect(settings(p, "cluster-services-coredns")).toMatchObject({ replicaCount: 2, podDisruptionBudget: { enabled: true, maxUnavailable: 1 } })),
  addon("kube-proxy", "cluster-node-services-kube-proxy", "kube-proxy"),
  addon("EBS CSI", "cluster-services-aws-ebs-csi-driver", "aws-ebs-csi-driver", (p) => {
    expect(at(p.one(ADDON, "cluster-services-aws-ebs-csi-driver").props, "podIdentityAssociations")).toEqual([{ serviceAccount: "ebs-csi-controller-sa", roleArn: "arn:aws:iam::123456789012:role/shop-production-aws-ebs-csi-driver" }]);
    expect(at(p.one("StorageClass", "gp3").props, "provisioner")).toBe("ebs.csi.aws.com");
  }),
  addon("pod identity agent", "cluster-node-services-eks-pod-identity-agent", "eks-pod-identity-agent"),
  addon("metrics-server", "cluster-services-metrics-server", "metrics-server", (p) => expect(settings(p, "cluster-services-metrics-server")).toMatchObject({ replicas: 2 })),
  addon("cert-manager", "cluster-services-cert-manager", "cert-manager", (p) => expect(settings(p, "cluster-services-cert-manager")).toMatchObject({ replicaCount: 2, webhook: { replicaCount: 2 } })),
  kept(row, "node autoscaler", [[CHART, "cluster-services-cluster-autoscaler", { chart: "cluster-autoscaler", version: "9.57.0", namespace: "kube-system", "values.autoDiscovery.clusterName": "shop-production", "values.cloudProvider": "aws", "values.awsRegion": "us-east-1" }]]),
  kept(row, "External Secrets", [[CHART, "cluster-services-external-secrets", { chart: "oci://ghcr.io/external-secrets/charts/external-secrets", version: "1.0.0", namespace: "external-secrets", "values.replicaCount": 2, "values.processClusterStore": false }]]),
  kept(row, "metrics adapter for request-based scaling", [
    [CHART, "cluster-services-prometheus-adapter", { chart: "oci://ghcr.io/prometheus-community/charts/prometheus-adapter", version: "5.1.0", "values.prometheus.url": "http://prometheus-operated.monitoring.svc", "values.rules.custom[0].name": { as: "${1}_per_second", matches: "^(.*)_total$" } }],
    ["HorizontalPodAutoscaler", "app-blue", { "spec.metrics[1].pods.metric.name": "http_requests_per_second" }],
  ], (p) => expect(at(p.one(CHART, "cluster-services-prometheus-adapter").props, "values.rules.custom[0].seriesQuery")).toContain("http_requests_total")),
  {
    row,
    phrase: "DNS records are the program's alone (no external-dns)",
    resources: (p) => p.all("aws:route53/record:Record"),
    check: (p) => {
      expect(names(p, "aws:route53/record:Record")).toEqual([
        "edge-caa", "edge-origin-record", "edge-record", "edge-validation-origin.shop.example.com", "edge-validation-shop.example.com", "postgres-reader-name-1", "postgres-reader-name-2", "postgres-writer-name",
      ]);
      expect(p.resources.filter(isExternalDns)).toEqual([]);
      // No workload may write records.
      const writers = p.all("aws:iam/rolePolicy:RolePolicy").filter(({ props }) => String(props["policy"]).includes("route53:ChangeResourceRecordSets"));
      expect(writers.map(({ name }) => name)).toEqual([]);
      expectRefused({ cluster: { services: { "external-dns": { source: "chart", version: "1.0.0" } } } }, "cluster.services.external-dns", "");
    },
  },
];
