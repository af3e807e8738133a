/** The parts of cluster mode that need no server. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ANY_KIND, parseWaitFor } from "../../../../sandbox/kubernetes/cluster/await/custom.ts";
import { readinessOf, timeoutMs } from "../../../../sandbox/kubernetes/cluster/await/index.ts";
import { parseJsonPath, select } from "../../../../sandbox/kubernetes/cluster/await/jsonPath.ts";
import { INGRESS } from "../../../../sandbox/kubernetes/cluster/await/network.ts";
import type { Verdict } from "../../../../sandbox/kubernetes/cluster/await/readiness.ts";
import { DEFINITION, QUOTA, TOKEN_SECRET, VOLUME } from "../../../../sandbox/kubernetes/cluster/await/storage.ts";
import { REPLICATION_CONTROLLER, STATEFUL_SET, selectorText } from "../../../../sandbox/kubernetes/cluster/await/workloads.ts";
import { tolerant } from "../../../../sandbox/kubernetes/cluster/api.ts";
import { baseline } from "../../../../sandbox/kubernetes/cluster/baseline.ts";
import { ApiError, NoKindError } from "../../../../sandbox/kubernetes/cluster/errors.ts";
import { isIgnored, leftAlone, stepsOf } from "../../../../sandbox/kubernetes/cluster/ignore.ts";
import type { JsonObject, KubeObject } from "../../../../sandbox/kubernetes/cluster/json.ts";
import { targetOf } from "../../../../sandbox/kubernetes/cluster/kubeconfig.ts";
import { adopted, owners } from "../../../../sandbox/kubernetes/cluster/managedFields.ts";

function thing(rest: JsonObject = {}, metadata: JsonObject = {}): KubeObject {
  return { ...rest, apiVersion: "v1", kind: "Thing", metadata: { ...metadata, name: "a" } };
}

const look = (readiness: { look: (scene: { object: KubeObject; found: Record<string, { items: KubeObject[]; changedAt: number }>; now: number }) => Verdict }, object: KubeObject, found: Record<string, KubeObject[]> = {}): string =>
  readiness.look({ object, now: 0, found: Object.fromEntries(Object.entries(found).map(([key, items]) => [key, { items, changedAt: 0 }])) }).is;

describe("a kubeconfig", () => {
  const config = (user: object, cluster: object = {}): string => JSON.stringify({
    "current-context": "c", clusters: [{ name: "k", cluster: { server: "https://127.0.0.1:6443", ...cluster } }, { name: "other", cluster: { server: "https://127.0.0.1:7443" } }],
    users: [{ name: "u", user }], contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
  });

  it("gives address and credentials, as text and as a file, of another cluster where one is named", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-kubeconfig-"));
    await writeFile(path.join(folder, "token"), "from-file\n");
    await writeFile(path.join(folder, "config"), config({ tokenFile: path.join(folder, "token") }));
    const fromFile = targetOf({ kubeconfig: path.join(folder, "config") });
    expect((await fromFile.credentials()).headers).toEqual({ authorization: "Bearer from-file" });
    await rm(folder, { recursive: true });
    const data = Buffer.from("PEM").toString("base64");
    const certificates = await targetOf({ kubeconfig: config({ "client-certificate-data": data, "client-key-data": data }, { "certificate-authority-data": data }) }).credentials();
    expect(certificates).toMatchObject({ ca: "PEM", cert: "PEM", key: "PEM" });
    expect((await targetOf({ kubeconfig: config({ username: "a", password: "b" }) }).credentials()).headers).toEqual({ authorization: "Basic YTpi" });
    expect((await targetOf({ kubeconfig: config({}, { "insecure-skip-tls-verify": true }) }).credentials()).rejectUnauthorized).toBe(false);
    expect(targetOf({ kubeconfig: config({}), cluster: "other" }).server.port).toBe("7443");
  });

  it("asks a program for a token, as EKS wants it", async () => {
    const script = `console.log(JSON.stringify({apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: {token: "from-program"}}))`;
    const target = targetOf({ kubeconfig: config({ exec: { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", script] } }) });
    expect((await target.credentials()).headers).toMatchObject({ Authorization: "Bearer from-program" });
  });

  it.each([
    ["{", "failed to parse kubeconfig data"],
    ["/no/such/file", "can not be read"],
    [JSON.stringify({ "current-context": "c" }), 'no context "c"'],
    [config({}, { server: "nowhere" }), 'no server address ("nowhere")'],
    ["just: [a, list]\n", "has no context \"\""],
  ])("that leads nowhere says why: %#", (kubeconfig, message) => {
    expect(() => targetOf({ kubeconfig })).toThrow(`configured Kubernetes cluster is unreachable: `);
    expect(() => targetOf({ kubeconfig })).toThrow(message);
  });
});

describe("JSONPath", () => {
  const object: JsonObject = { status: { phase: "Running", list: [{ type: "Ready", status: "True", n: 1 }, { type: "Other" }], "a.b": "c" } };

  it.each([
    ["{.status.phase}", ["Running"]],
    ["{$.status.list[0].type}", ["Ready"]],
    ["{.status.list[-1].type}", ["Other"]],
    ["{.status.list[*].type}", ["Ready", "Other"]],
    ['{.status.list[?(@.type=="Ready")].status}', ["True"]],
    ["{.status.list[?(@.type!='Ready')].type}", ["Other"]],
    ["{.status.list[?(@.n)].type}", ["Ready"]],
    ["{.status['a.b']}", ["c"]],
    ["{.status.a\\.b}", ["c"]],
    ["{.none.at.all}", []],
  ])("%s", (expression, values) => {
    expect(select(object, parseJsonPath(expression).steps)).toEqual(values);
  });

  it.each([".status.phase=Running", "{.a}=", "{..a}", "{.a[}", "{.a[?(b)]}"])("refuses %s", (expression) => {
    expect(() => parseJsonPath(expression)).toThrow(expression);
  });
});

describe("readiness that a resource or a kind asks for", () => {
  it("waits for the condition of the object's own generation", () => {
    const ready = parseWaitFor("condition=Ready");
    const status = (reported: number, state = "True"): KubeObject => thing({ status: { observedGeneration: reported, conditions: [{ type: "Ready", status: state }] } }, { generation: 2 });
    expect([look(ready, thing()), look(ready, status(1)), look(ready, status(2, "False")), look(ready, status(2))]).toEqual(["waiting", "waiting", "waiting", "ready"]);
    expect(look(parseWaitFor("condition=Ready=False"), status(2, "False"))).toBe("ready");
  });

  it("matches a path with and without a value", () => {
    const object = thing({ status: { n: 2, list: [] } });
    expect(["jsonpath={.status.n}=2", "jsonpath={.status.n}=3", "jsonpath={.status.list}", "jsonpath={.status.list}=1"].map((e) => look(parseWaitFor(e), object))).toEqual(["ready", "waiting", "ready", "failed"]);
    expect(() => parseWaitFor("[]")).toThrow("names no condition");
  });

  it("judges any kind by what controllers agree on, where that is asked for", () => {
    const says = (type: string, status: string): string => look(ANY_KIND, thing({ status: { conditions: [{ type, status }] } }));
    expect([look(ANY_KIND, thing()), says("Ready", "False"), says("Reconciling", "True"), says("Stalled", "True"), says("Ready", "True")]).toEqual(["ready", "waiting", "waiting", "failed", "ready"]);
    expect(readinessOf(thing())).toBeUndefined();
    process.env["PULUMI_K8S_AWAIT_ALL"] = "true";
    expect(readinessOf(thing())).toBe(ANY_KIND);
    delete process.env["PULUMI_K8S_AWAIT_ALL"];
  });

  it("knows volumes, quotas, tokens and definitions", () => {
    expect(["Pending", "Available", "Bound"].map((phase) => look(VOLUME, thing({ status: { phase } })))).toEqual(["waiting", "ready", "ready"]);
    const counted: JsonObject[] = [{}, { pods: "1" }, { pods: "2" }];
    expect(counted.map((hard) => look(QUOTA, thing({ spec: { hard: { pods: "2" } }, status: { hard } })))).toEqual(["waiting", "waiting", "ready"]);
    expect([thing({ type: "Opaque" }), thing({ type: "kubernetes.io/service-account-token" }), thing({ type: "kubernetes.io/service-account-token", data: { token: "t" } })].map((s) => look(TOKEN_SECRET, s))).toEqual(["ready", "waiting", "ready"]);
    expect(look(DEFINITION, thing({ status: { conditions: [{ type: "NamesAccepted", status: "False", message: "taken" }] } }))).toBe("failed");
    expect([1, 2].map((availableReplicas) => look(REPLICATION_CONTROLLER, thing({ spec: { replicas: 2 }, status: { availableReplicas } })))).toEqual(["waiting", "ready"]);
  });

  it("lets a StatefulSet that is rolled by hand be", () => {
    const byHand = thing({ spec: { replicas: 1, updateStrategy: { type: "OnDelete" } }, status: { observedGeneration: 2, replicas: 1, readyReplicas: 1, currentRevision: "a", updateRevision: "b" } }, { generation: 2 });
    expect(look(STATEFUL_SET, byHand)).toBe("ready");
  });

  it("wants an Ingress to have an address, and Services behind its paths", () => {
    const rule = { path: "/", backend: { service: { name: "web" } } };
    const bare = thing({ spec: { rules: [{ host: "h", http: { paths: [rule] } }] } });
    const addressed: KubeObject = { ...bare, status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } } };
    const slices = [thing({}, { labels: { "kubernetes.io/service-name": "web" } })];
    const external = [{ ...thing({ spec: { type: "ExternalName" } }), metadata: { name: "web" } }];
    expect([look(INGRESS, addressed), look(INGRESS, bare, { slices }), look(INGRESS, addressed, { slices }), look(INGRESS, addressed, { services: external })]).toEqual(["waiting", "waiting", "ready", "ready"]);
  });

  it("takes the time of the resource option, then of the annotation, then of the kind", () => {
    const annotated = thing({}, { annotations: { "pulumi.com/timeoutSeconds": "7" } });
    expect([timeoutMs(annotated, 5), timeoutMs(annotated, 0), timeoutMs(thing(), 0, VOLUME), timeoutMs(thing(), 0)]).toEqual([5_000, 7_000, 300_000, 600_000]);
  });

  it("writes selectors as queries do", () => {
    const matchExpressions: JsonObject[] = [{ key: "b", operator: "In", values: ["x", "y"] }, { key: "c", operator: "NotIn", values: ["z"] }, { key: "d", operator: "Exists" }, { key: "e", operator: "DoesNotExist" }];
    expect(selectorText({ matchLabels: { a: "1" }, matchExpressions })).toBe("a=1,b in (x,y),c notin (z),d,!e");
  });
});

describe("what a declaration is compared with", () => {
  it("takes quantities as equal however they are written, but nothing else", () => {
    const inputs = { spec: { resources: { limits: { cpu: "1.5", memory: "1024Mi" } }, env: [{ name: "N", value: "1.0" }] } };
    const live = { spec: { resources: { limits: { cpu: "1500m", memory: "1Gi" } }, env: [{ name: "N", value: "1" }] } };
    expect(baseline(inputs, live)).toEqual({ spec: { resources: inputs.spec.resources, env: [{ name: "N", value: "1" }] } });
  });

  it("keeps what the server leaves out because it says nothing, and misses what was taken away", () => {
    expect(baseline({ a: false, b: [], c: { d: null }, e: "x", f: { g: 1 } }, { added: 1 })).toEqual({ a: false, b: [], c: { d: null } });
  });
});

describe("owners of fields", () => {
  const entry = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({ manager, operation, apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1, ...more });
  const object = thing({}, {
    managedFields: [
      entry("pulumi-kubernetes", "Update", { "f:spec": { "f:a": {}, "f:b": { ".": {} } } }),
      entry("mine", "Apply", { "f:spec": { "f:b": { "f:c": {} } } }),
      entry("hpa", "Update", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }),
    ],
  });

  it("are joined under one name", () => {
    expect(adopted(object, "mine")).toEqual([
      entry("hpa", "Update", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }),
      entry("mine", "Apply", { "f:spec": { "f:a": {}, "f:b": { ".": {}, "f:c": {} } } }),
    ]);
    expect(adopted(thing(), "mine")).toBeUndefined();
    expect(owners(object, "mine", ["spec", "replicas"])).toEqual({ ours: false, theirs: true });
  });

  it("decide what becomes of an ignored field", () => {
    const live = { ...object, spec: { a: 1, b: 2, replicas: 5 } };
    const wanted = thing({ spec: { a: 9, b: { c: 9 }, replicas: 2 } });
    expect(leftAlone(wanted, live, "mine", ["spec.replicas", "spec.b"])["spec"]).toEqual({ a: 9, b: 2 });
  });

  it("are asked by the engine's paths", () => {
    expect(stepsOf('metadata.annotations["a.b/c"].d[0]["*"]')).toEqual(["metadata", "annotations", "a.b/c", "d", "0", "*"]);
    expect([isIgnored("spec.a.b", ["spec.a"]), isIgnored("spec[0].a", ["spec[*].a"]), isIgnored("spec", ["spec.a"])]).toEqual([true, true, false]);
  });
});

describe("what others are still making", () => {
  const missing = new ApiError(404, {});
  const never = new AbortController().signal;

  it("is tried again, five times, and then missed", async () => {
    const answers = [missing, new NoKindError("v1", "Thing")];
    expect(await tolerant(() => { const next = answers.shift(); return next === undefined ? Promise.resolve("made") : Promise.reject(next); }, 1, never)).toBe("made");
    let tries = 0;
    await expect(tolerant(() => { tries += 1; return Promise.reject(missing); }, 0, never)).rejects.toBe(missing);
    expect(tries).toBe(6);
    await expect(tolerant(() => Promise.reject(new ApiError(409, {})), 1_000_000, never)).rejects.toThrow("409");
  });
});
