/** What a program's hooks see of the cluster in plan mode. */
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ValueObject } from "../../../sandbox/aws/values.ts";
import { announce, SeenObjects } from "../../../sandbox/kubernetes/planApi.ts";
import { HOSTS_VARIABLE, planApiSocket } from "../../../sandbox/plugin/files.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::golive::kubernetes:${type}::${name}`;
const DEPLOYMENT = urn("apps/v1:Deployment", "app-blue");
const SCALER = urn("autoscaling/v2:HorizontalPodAutoscaler", "app-blue");
const metadata = (name: string) => ({ name, namespace: "shop" });
const deployment = (replicas: number, color = "blue"): ValueObject => ({ metadata: metadata(`app-${color}`), spec: { replicas, template: { metadata: { labels: { app: "shop", color } } } } });
const scaler = (minReplicas: number, maxReplicas: number): ValueObject => ({ metadata: metadata("app-blue"), spec: { scaleTargetRef: { name: "app-blue" }, minReplicas, maxReplicas } });
const service = (selector: Record<string, string>): ValueObject => ({ metadata: metadata("app"), spec: { selector } });

/** Ready endpoints of the only Service. */
function endpoints(seen: SeenObjects): unknown[] {
  return seen.list("EndpointSlice", "shop").flatMap((slice) => slice["endpoints"] as unknown[]);
}

describe("objects of a run", () => {
  it("are what they were before it, until the run changes them", () => {
    const seen = new SeenObjects();
    seen.recall(DEPLOYMENT, deployment(3));
    expect(seen.list("Deployment", "shop")).toMatchObject([{ spec: { replicas: 3 }, status: { availableReplicas: 3, updatedReplicas: 3, observedGeneration: 1 }, metadata: { generation: 1 } }]);
    seen.put(DEPLOYMENT, deployment(4), true);
    seen.recall(DEPLOYMENT, deployment(3));
    expect(seen.list("Deployment", "shop")).toMatchObject([{ spec: { replicas: 4 } }]);
    seen.remove(DEPLOYMENT);
    expect(seen.list("Deployment", "shop")).toEqual([]);
  });

  it("are not there before the first update, nor in other namespaces", () => {
    const seen = new SeenObjects();
    seen.recall(DEPLOYMENT, {});
    expect(seen.list("Deployment", "shop")).toEqual([]);
    seen.put(DEPLOYMENT, deployment(3), true);
    expect(seen.list("Deployment", "other")).toEqual([]);
  });

  it.each([[3, 1, 2, 2], [1, 3, 10, 3], [5, 3, 10, 5], [0, 3, 10, 0]])("a Deployment of %i pods between %i and %i has %i", (replicas, least, most, expected) => {
    const seen = new SeenObjects();
    seen.put(DEPLOYMENT, deployment(replicas), true);
    seen.put(SCALER, scaler(least, most), true);
    expect(seen.list("Deployment", "shop")).toMatchObject([{ spec: { replicas: expected } }]);
  });

  it("a Service has the ready pods that its selector names", () => {
    const seen = new SeenObjects();
    seen.put(DEPLOYMENT, deployment(3), true);
    seen.put(urn("apps/v1:Deployment", "app-green"), deployment(2, "green"), true);
    seen.put(urn("core/v1:Service", "app"), service({ app: "shop", color: "green" }), true);
    expect(endpoints(seen)).toHaveLength(2);
    seen.put(urn("core/v1:Service", "app"), service({ app: "shop" }), true);
    expect(endpoints(seen)).toHaveLength(5);
    seen.put(urn("core/v1:Service", "app"), service({}), true);
    expect(endpoints(seen)).toEqual([]);
  });

  it("what was told to fail has no ready pods, and a Job that failed has not succeeded", () => {
    const seen = new SeenObjects();
    seen.put(DEPLOYMENT, deployment(3), false);
    seen.put(urn("core/v1:Service", "app"), service({ app: "shop" }), true);
    expect(endpoints(seen)).toEqual([]);
    const job = urn("batch/v1:Job", "migrations");
    seen.put(job, { metadata: metadata("migrations") }, false);
    expect(seen.list("Job", "shop")).toMatchObject([{ status: {} }]);
    seen.put(job, { metadata: metadata("migrations") }, true);
    expect(seen.list("Job", "shop")).toMatchObject([{ status: { succeeded: 1 } }]);
  });

  it("leaves out charts and patches, which are no objects of their own", () => {
    const seen = new SeenObjects();
    seen.put(urn("helm.sh/v3:Release", "chart"), { metadata: metadata("chart") }, true);
    seen.put(urn("core/v1:ServicePatch", "app"), service({ color: "green" }), true);
    expect(seen.list("Service", "shop")).toEqual([]);
  });
});

describe("the API server", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-plan-api-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Status and body of an answer. */
  async function ask(target: string, method = "GET"): Promise<[number | undefined, Record<string, unknown>]> {
    const sent = request({ socketPath: planApiSocket(folder), path: target, method }).end();
    const [response] = await once(sent, "response") as [IncomingMessage];
    let text = "";
    for await (const chunk of response) text += String(chunk);
    return [response.statusCode, JSON.parse(text) as Record<string, unknown>];
  }

  it("answers for the runs that go on, read only", async () => {
    const seen = new SeenObjects();
    seen.put(DEPLOYMENT, deployment(3), true);
    const leave = announce(seen, { [HOSTS_VARIABLE]: folder });
    expect(await ask("/apis/apps/v1/namespaces/shop/deployments/app-blue")).toMatchObject([200, { status: { readyReplicas: 3 } }]);
    expect(await ask("/apis/apps/v1/namespaces/shop/deployments/app-green")).toMatchObject([404, { kind: "Status", message: 'deployments "app-green" not found' }]);
    expect(await ask("/apis/apps/v1/namespaces/shop/deployments/app-blue", "DELETE")).toMatchObject([405, {}]);
    seen.put(urn("core/v1:Service", "app"), service({ app: "shop" }), true);
    const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D";
    expect(await ask(`${slices}app`)).toMatchObject([200, { items: [{ endpoints: [{ conditions: { ready: true } }, {}, {}] }] }]);
    expect(await ask(`${slices}other`)).toMatchObject([200, { items: [] }]);
    expect(await ask("/api/v1/nodes")).toMatchObject([404, { message: "the sandbox's plan mode serves no /api/v1/nodes" }]);
    leave();
    expect(await ask("/apis/apps/v1/namespaces/shop/deployments/app-blue")).toMatchObject([404, {}]);
  });

  it("is not there for a real cluster, nor without a place for it", () => {
    const elsewhere = path.join(folder, "elsewhere");
    announce(new SeenObjects(), { [HOSTS_VARIABLE]: elsewhere, GOLIVE_SANDBOX_CLUSTER: "1" })();
    announce(new SeenObjects(), {})();
    expect(existsSync(planApiSocket(elsewhere))).toBe(false);
  });
});
