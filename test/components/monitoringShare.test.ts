/** What Grafana and the collector of traces take of the smallest quota of monitoring, beside Prometheus, Alertmanager and exporters. */
import { expect, it } from "vitest";
import * as k8s from "@pulumi/kubernetes";
import { mebibytes, millicores } from "../../components/application/quantities.ts";
import { Grafana } from "../../components/monitoring/grafana/index.ts";
import { quotaOf } from "../../components/monitoring/namespace.ts";
import { Traces } from "../../components/monitoring/traces/index.ts";
import { profiles } from "../../stacks/config/profiles.ts";
import { IDENTITY, PLACE, PROTECTED } from "./dataFixtures.ts";
import { declared, ofType } from "./mocks.ts";

interface Spec { replicas: number; strategy: { rollingUpdate: { maxSurge: number } }; template: { spec: { containers: { resources: { requests: Amounts; limits: Amounts } }[] } } }
interface Amounts { cpu: string; memory: string }

it("is less than a quarter of its CPU limits and of its memory, also while they are updated", async () => {
  const common = { ...PLACE, image: `registry.example.com/image@sha256:${"a".repeat(64)}`, namespace: "monitoring", namespaceName: "monitoring", identity: IDENTITY };
  const resources = await declared(() => {
    const opts = { provider: new k8s.Provider("cluster", {}) };
    new Grafana("grafana", {
      ...common, url: "https://localhost:3000", clientSecret: "a-client-secret", secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, refreshMinutes: 15, protection: PROTECTED,
      signOn: { authorizeUrl: "https://id.example.com/a", tokenUrl: "https://id.example.com/t", userInfoUrl: "https://id.example.com/u", clientId: "grafana", groups: { viewers: ["engineering"] } },
    }, opts);
    new Traces("traces", { ...common, destination: { kind: "xray", region: "us-east-1" }, app: { namespace: "shop", podLabels: {} }, vpcCidr: "10.20.0.0/16" }, opts);
  });
  const specs = ofType(resources, "kubernetes:apps/v1:Deployment").map(({ inputs }) => inputs["spec"] as Spec);
  expect(specs).toHaveLength(2);
  const sum = (of: (resources: { requests: Amounts; limits: Amounts }) => number) => specs.reduce((total, { replicas, strategy, template }) => total + (replicas + strategy.rollingUpdate.maxSurge) * template.spec.containers.reduce((pod, container) => pod + of(container.resources), 0), 0);
  const quota = quotaOf(profiles.mvp.monitoring);
  expect(sum(({ limits }) => millicores(limits.cpu))).toBeLessThan(millicores(quota["limits.cpu"] ?? "") / 4);
  expect(sum(({ requests }) => millicores(requests.cpu))).toBeLessThan(millicores(quota["requests.cpu"] ?? "") / 4);
  expect(sum(({ requests }) => mebibytes(requests.memory))).toBeLessThan(mebibytes(quota["requests.memory"] ?? "") / 4);
  expect(sum(({ limits }) => mebibytes(limits.memory))).toBeLessThan(mebibytes(quota["limits.memory"] ?? "") / 4);
});
