/** The numbers of the capacity check, and that the services are set up with the same. */
import { describe, expect, test } from "vitest";
import { NODE_PODS, SERVICE_PODS } from "../../components/cluster/serviceRequests.ts";
import { SERVICES } from "../../components/cluster/serviceTable.ts";
import { allocatable } from "../../stacks/config/instances.ts";
import { changed, mistakesIn, validValues } from "./values.ts";

const refusal = (change: Record<string, unknown>) => mistakesIn(changed(change)).find(({ path }) => path === "nodes");
const scope = { prefix: "shop-production", accountId: "123456789012", region: "us-east-1", clusterName: "shop-production", volumesKeyArn: "arn", prometheus: { url: "http://prometheus", port: 9090 } };

describe("capacity", () => {
  test("two of three t3.large offer 3500m: 1930m of 2 cores each, less 180m for the agents of a node", () => {
    expect(allocatable("t3.large")).toEqual({ milliCpu: 1930, memoryMib: 6837, pods: 35 });
    expect(Object.values(NODE_PODS).map(({ cpu }) => cpu)).toEqual(["50m", "100m", "30m", "0m", "0m"]);
    expect(refusal({ app: { replicas: { min: 5 } } })?.allowed).toContain("3500m CPU, 13434Mi memory, 58 pods");
  });

  test("adds up 4090m of 5 replicas a color, with every pod of the services", () => {
    // Live and idle color 1000m each, ingress 300m, monitoring 1000m; coredns 200m, disks 120m, metrics 100m,
    // certificates 90m, autoscaler 100m, External Secrets 80m, metrics adapter 100m.
    expect(refusal({ app: { replicas: { min: 5 } } })?.given).toContain("4090m CPU");
    expect(refusal({ app: { replicas: { min: 5 } } })?.given).toContain("cluster services 790m/3028Mi");
  });

  test("standard production fits with one zone lost, and leaves room for two jobs of 100m", () => {
    expect(mistakesIn(validValues())).toEqual([]);
    expect(mistakesIn(changed({ monitoring: { requests: { cpu: "1210m" } } }))).toEqual([]);
    expect(refusal({ monitoring: { requests: { cpu: "1211m" } } })?.given).toContain("3501m CPU");
  });

  test("leaves out what is present already", () => {
    expect(refusal({ app: { replicas: { min: 5 } }, cluster: { services: { "external-secrets": { source: "present" } } } })?.given).toContain("cluster services 710m/2516Mi");
  });
});

describe("services are set up with the counted numbers", () => {
  test.each([
    ["cert-manager", { replicaCount: 2, webhook: { replicaCount: 2 }, cainjector: { replicaCount: 2 }, resources: { requests: { cpu: "25m", memory: "128Mi" } } }],
    ["cluster-autoscaler", { replicaCount: 2, resources: { requests: { cpu: "50m", memory: "300Mi" } } }],
    ["external-secrets", { replicaCount: 2, webhook: { replicaCount: 2 }, certController: { replicaCount: 1 }, resources: { requests: { cpu: "25m", memory: "128Mi" } } }],
    ["prometheus-adapter", { replicas: 2, resources: { requests: { cpu: "50m", memory: "128Mi" } } }],
    ["metrics-server", { replicas: 2, resources: { requests: { cpu: "50m", memory: "200Mi" } } }],
  ])("%s as a chart", (service, values) => {
    expect(SERVICES[service]?.chart?.values(scope)).toMatchObject(values);
  });

  test.each([
    ["coredns", { replicaCount: 2 }],
    ["aws-ebs-csi-driver", { controller: { replicaCount: 2 } }],
    ["metrics-server", { replicas: 2, resources: { requests: { cpu: "50m", memory: "200Mi" } } }],
    ["cert-manager", { replicaCount: 2, webhook: { replicaCount: 2 }, cainjector: { replicaCount: 2, resources: { requests: { cpu: "10m", memory: "128Mi" } } } }],
  ])("%s as an add-on", (service, values) => {
    expect(SERVICES[service]?.addon?.(scope)).toMatchObject(values);
  });

  test("every service has its pods counted, beside those that run on every node", () => {
    expect([...Object.keys(SERVICE_PODS), "vpc-cni", "kube-proxy", "eks-pod-identity-agent"].sort()).toEqual(Object.keys(SERVICES).sort());
  });
});
