import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { seriesOf } from "../../components/monitoring/alerts/metrics.ts";
import { logGroupName } from "../../components/monitoring/logs/fluentBit.ts";
import { LogCollection, type LogCollectionArgs } from "../../components/monitoring/logs/index.ts";
import { IDENTITY, PLACE } from "./dataFixtures.ts";
import { declared, type Declared, ofType, only, statement } from "./mocks.ts";

const ARGS: LogCollectionArgs = {
  ...PLACE, image: `registry.example.com/fluent-bit@sha256:${"a".repeat(64)}`, namespace: "logging", appNamespace: "shop", ingressNamespace: "ingress",
  retentionDays: { application: 90, ingress: 60, system: 30, audit: 2557 }, logsKeyArn: "arn:key:logs", maxNodes: 10, vpcCidr: "10.20.0.0/16", identity: IDENTITY,
};
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

interface Input { tag: string; tag_regex: string; path: string; exclude_path?: string; db: string; "multiline.parser": string }
interface Pipeline { pipeline: { inputs: (Input | { name: "fluentbit_metrics"; tag: string })[]; filters: Record<string, string>[]; outputs: Record<string, string>[] } }

let resources: Declared[];
let collection: LogCollection | undefined;
let files: Record<string, string>;
let config: Pipeline;
let tails: Input[];
const declare = (args: LogCollectionArgs) => declared(() => { collection = new LogCollection("logs", args, { provider: new k8s.Provider("cluster", {}) }); });
beforeAll(async () => {
  resources = await declare(ARGS);
  files = only(resources, "kubernetes:core/v1:ConfigMap").inputs["data"] as Record<string, string>;
  config = parse(files["fluent-bit.yaml"] ?? "") as Pipeline;
  tails = config.pipeline.inputs.filter((input) => "path" in input);
});

describe("log groups", () => {
  it("are one a class, encrypted, each with its own end", () => {
    const groups = ofType(resources, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => [inputs["name"], inputs["retentionInDays"], inputs["kmsKeyId"]]);
    expect(groups).toEqual([
      ["/golive/shop-production/application", 90, "arn:key:logs"], ["/golive/shop-production/ingress", 60, "arn:key:logs"], ["/golive/shop-production/system", 30, "arn:key:logs"], ["/golive/shop-production/audit", 2557, "arn:key:logs"],
    ]);
    expect(collection?.stores.map(({ name, retention }) => [name, retention])).toEqual(groups.map(([name, days]) => [name, `${String(days)} days.`]));
  });

  it("are all that the agents' role may write to, and it may read nothing", () => {
    const write = statement(only(resources, "aws:iam/rolePolicy:RolePolicy"), "WriteLogs");
    expect(write).toEqual({
      Sid: "WriteLogs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["application", "ingress", "system", "audit"].map((logClass) => `arn:aws:logs:us-east-1:123456789012:log-group:/golive/shop-production/${logClass}:log-stream:*`),
    });
    expect(only(resources, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs).toMatchObject({ namespace: "logging", serviceAccount: "fluent-bit" });
  });
});

describe("the agent's settings", () => {
  const file = (pod: string) => `/var/log/pods/${pod}/app/3.log`;
  /** What Fluent Bit makes of a path: `*` stands for anything but a slash. */
  const matches = (pattern: string, name: string) => new RegExp(`^${pattern.split("*").map((part) => part.replaceAll(/[.\\/]/g, "\\$&")).join("[^/]*")}$`).test(name);
  /** Classes of the inputs that read a file. */
  const readBy = (name: string) => tails.filter(({ path, exclude_path: without }) => matches(path, name) && !(without ?? "").split(",").some((pattern) => pattern !== "" && matches(pattern, name))).map(({ tag }) => tag.split("_")[0]);

  it("read each file once, by its namespace; lines of the agents themselves would make more of them", () => {
    expect(readBy(file("shop_app-blue-1_0f"))).toEqual(["application"]);
    expect(readBy(file("ingress_nginx-1_0f"))).toEqual(["ingress"]);
    for (const namespace of ["kube-system", "monitoring", "shop-jobs"]) expect(readBy(file(`${namespace}_x_0f`))).toEqual(["system"]);
    expect(readBy(file("logging_fluent-bit-1_0f"))).toEqual([]);
  });

  it("put namespace, pod and container into the tag, from which the script takes them", () => {
    for (const { tag, tag_regex: regex } of tails) {
      const groups = new RegExp(regex).exec("/var/log/pods/shop_app-blue-7d9f.x_0f1e/app/3.log")?.groups ?? {};
      expect(tag.replaceAll(/<(\w+)>/g, (_, name: string) => groups[name] ?? "?")).toBe(`${tag.split("_")[0]}_shop_app-blue-7d9f.x_app`);
    }
  });

  it("join cut lines before the script sees them, and send what it gives, to groups that are there", () => {
    for (const input of tails) expect(input["multiline.parser"]).toBe("cri");
    expect(config.pipeline.filters[0]).toEqual({ name: "lua", match_regex: "^(application|ingress|system)_", script: "/etc/golive/redact.lua", call: "collect" });
    expect(config.pipeline.outputs[0]).toMatchObject({ name: "cloudwatch_logs", match_regex: "^(application|ingress|system)_", region: "us-east-1", log_key: "message", auto_create_group: "off", log_group_template: "/golive/shop-production/$class", log_stream_template: "$source", log_group_name: logGroupName("shop-production", "system") });
    for (const { tag } of tails) expect(tag).toMatch(new RegExp(config.pipeline.outputs[0]?.["match_regex"] ?? "$^"));
  });

  it("count NGINX's answers by the status that the script says, and tell Prometheus, and not CloudWatch", () => {
    const [counter, ...none] = config.pipeline.filters.filter(({ name }) => name === "log_to_metrics");
    expect(none).toEqual([]);
    expect(counter).toMatchObject({ match_regex: "^ingress_", metric_mode: "counter", regex: "$status ^[1-5][0-9][0-9]$", add_label: "status $status" });
    // The filter puts its own name and the mode before the metric's.
    expect(seriesOf("logs")).toContain(`log_metric_${counter?.["metric_mode"]}_${counter?.["metric_name"]}`);
    const tags = [counter?.["tag"], ...config.pipeline.inputs.filter((input) => !("path" in input)).map(({ tag }) => tag)];
    expect(tags).toEqual(["metrics.answers", "metrics.own"]);
    expect(config.pipeline.outputs.slice(1)).toEqual([{ name: "prometheus_exporter", match: "metrics.*", host: "0.0.0.0", port: 2021 }]);
    for (const tag of tags) expect(tag).not.toMatch(new RegExp(config.pipeline.outputs[0]?.["match_regex"] ?? ""));
  });

  it("know the same fields as the application is told, and other spellings", () => {
    expect(files["redact.lua"]).toContain('local WORDS = { "password", "token", "key", "secret", "authorization", "cookie", "session", "passwd", "passphrase", "pwd", "credential" }');
    expect(files["redact.lua"]).not.toContain("REDACTED_FIELDS");
  });
});

interface Pod {
  automountServiceAccountToken: boolean; tolerations: unknown[]; hostNetwork?: boolean; hostPID?: boolean;
  containers: { securityContext: unknown; args: string[]; volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[] }[];
  volumes: { name: string; hostPath?: { path: string } }[];
}

describe("the agent", () => {
  it("is user 0 for files that are root's, and has none of root's powers", () => {
    const pod = (only(resources, "kubernetes:apps/v1:DaemonSet").inputs["spec"] as { template: { spec: Pod } }).template.spec;
    expect(pod.containers.map(({ securityContext }) => securityContext)).toEqual([expect.objectContaining({
      runAsUser: 0, runAsNonRoot: false, allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" },
    })]);
    expect(pod).toMatchObject({ automountServiceAccountToken: false });
    expect([pod.hostNetwork, pod.hostPID]).toEqual([undefined, undefined]);
    // Of the node it has the logs, to read, and one folder of its own.
    expect(pod.volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ hostPath }) => hostPath?.path)).toEqual(["/var/log/pods", "/var/lib/golive-logs-shop-production"]);
    expect(pod.containers[0]?.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath)).toEqual(["/var/lib/golive-logs"]);
    expect(tails.every(({ db }) => db.startsWith("/var/lib/golive-logs/"))).toBe(true);
    expect(pod.containers[0]?.args).toEqual(["--config", "/etc/golive/fluent-bit.yaml"]);
  });

  it("has a namespace to itself, whose network leads to DNS and AWS, and from nowhere", () => {
    expect(only(resources, "kubernetes:core/v1:Namespace").inputs["metadata"]).toMatchObject({ name: "logging", labels: { "pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/audit": "restricted" } });
    expect(only(resources, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toMatchObject({ hard: { pods: "11", "requests.cpu": "275m", "requests.memory": "704Mi" } });
    const policies = ofType(resources, POLICY).map(({ inputs }) => inputs["spec"] as { ingress?: unknown; egress?: { ports: { port: number }[] }[] });
    expect(policies.filter(({ ingress }) => ingress !== undefined)).toEqual([]);
    expect(policies.flatMap(({ egress }) => egress ?? []).flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([53, 53, 443, 80]);
  });
});

describe("with a Prometheus of the stack, the agents", () => {
  const MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor";
  const PODS = { "app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/part-of": "shop-production" };
  interface Spec { podSelector: { matchLabels: Record<string, string> }; ingress?: Rule[]; egress?: Rule[]; selector?: unknown; namespaceSelector?: unknown; podMetricsEndpoints?: Record<string, unknown>[]; template?: { metadata: { labels: Record<string, string> }; spec: Pod & { containers: { ports: { name: string; containerPort: number }[] }[] } } }
  interface Rule { from?: { namespaceSelector: { matchLabels: unknown }; podSelector: { matchLabels: unknown } }[]; to?: Rule["from"]; ports: { port: number }[] }
  const specOf = ({ inputs }: Declared) => inputs["spec"] as Spec;
  let scraped: Declared[];
  beforeAll(async () => {
    scraped = await declared(() => {
      const provider = new k8s.Provider("cluster", {});
      const definitions = new k8s.core.v1.Namespace("definitions", {}, { provider });
      new LogCollection("logs", { ...ARGS, scrapedBy: { namespace: "monitoring", namespaceName: "monitoring", definitions } }, { provider });
    });
  });

  it("are found by a monitor that Prometheus picks, at a port that they have, with the series that rules use", () => {
    const monitor = only(scraped, MONITOR);
    expect(monitor.inputs["metadata"]).toMatchObject({ namespace: "monitoring", labels: { "app.kubernetes.io/part-of": "shop-production" } });
    expect(specOf(monitor)).toMatchObject({ namespaceSelector: { matchNames: ["logging"] }, selector: { matchLabels: PODS } });
    const { template } = specOf(only(scraped, "kubernetes:apps/v1:DaemonSet"));
    expect(template?.metadata.labels).toMatchObject(PODS);
    expect(template?.spec.containers[0]?.ports).toContainEqual({ name: specOf(monitor).podMetricsEndpoints?.[0]?.["port"], containerPort: 2021 });
    const [kept] = specOf(monitor).podMetricsEndpoints?.[0]?.["metricRelabelings"] as { regex: string }[];
    expect(kept?.regex.split("|")).toEqual(seriesOf("logs"));
  });

  it("are reached by Prometheus at that port, through both networks, and by nobody else", () => {
    const policies = ofType(scraped, POLICY).filter(({ name }) => /scrap/.test(name)).map((one) => ({ namespace: (one.inputs["metadata"] as { namespace: string }).namespace, ...specOf(one) }));
    const prometheus = { "app.kubernetes.io/name": "prometheus", prometheus: "golive" };
    const peer = (namespace: string, pods: unknown) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } }, podSelector: { matchLabels: pods } });
    expect(policies.find(({ namespace }) => namespace === "logging")).toMatchObject({ podSelector: { matchLabels: PODS }, ingress: [{ from: [peer("monitoring", prometheus)], ports: [{ port: 2021 }] }] });
    expect(policies.find(({ namespace }) => namespace === "monitoring")).toMatchObject({ podSelector: { matchLabels: prometheus }, egress: [{ to: [peer("logging", PODS)], ports: [{ port: 2021 }] }] });
    expect(policies).toHaveLength(2);
  });

  it("may be found by its account, as pods and as nothing else", () => {
    expect(only(scraped, "kubernetes:rbac.authorization.k8s.io/v1:Role").inputs).toMatchObject({ metadata: { namespace: "logging" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] });
    expect(only(scraped, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs["subjects"]).toEqual([{ kind: "ServiceAccount", name: "prometheus", namespace: "monitoring" }]);
  });
});
