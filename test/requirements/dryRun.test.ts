/** Every Kubernetes object of production and staging, as rendered, is taken by a real API server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer.ts";
import { dryRun, type DryRunResult, type KubernetesObject } from "../../sandbox/cluster/dryRun.ts";
import { RENDER_TIMEOUT_MS, renderOnce } from "./renderOnce.ts";
import type { Rendered } from "./rendered.ts";

/** The server and its store are built first on a cold cache. */
const BUILD_MS = 1_800_000;
const CHART = "kubernetes:helm.sh/v4:Chart";

/** Objects whose definitions no registry within reach serves: each is named here, or the test fails. */
const NOT_CHECKED = ["k8s.nginx.org/v1 Policy shop/rate-limit", "k8s.nginx.org/v1 VirtualServer shop/app"];

const STACKS = ["production", "staging"];
const rendered = new Map<string, KubernetesObject[]>();
let server: ApiServer;
beforeAll(async () => {
  // Rendered first: nothing is idle while the server runs.
  for (const stack of STACKS) rendered.set(stack, kubernetesObjects(await renderOnce({ stack })));
  server = await startApiServer();
}, STACKS.length * RENDER_TIMEOUT_MS + BUILD_MS);
afterAll(() => server.stop(), 30_000);

describe.each(STACKS)("%s at a real API server", (stack) => {
  let objects: KubernetesObject[];
  let results: DryRunResult[];
  beforeAll(async () => {
    objects = rendered.get(stack) ?? [];
    results = await dryRun(server, objects);
  }, 300_000);

  test("every rendered object was asked about", () => {
    expect(objects.length).toBeGreaterThan(100);
    expect(results.map((r) => label(r.object))).toEqual(objects.map(label));
  });

  test("the server takes every object whose kind it can be taught", () => {
    const refused = results.filter((r) => !r.ok && !r.notChecked).map((r) => `${label(r.object)}: ${r.message}`);
    expect(refused).toEqual([]);
  });

  test("the server warns of nothing: no deprecated version, no pod below its namespace's security level", () => {
    expect(results.flatMap((r) => r.warnings.map((warning) => `${label(r.object)}: ${warning}`))).toEqual([]);
  });

  test(`not checked, and said so: ${NOT_CHECKED.join(", ")}`, () => {
    expect(results.filter((r) => r.notChecked).map((r) => label(r.object)).sort()).toEqual(NOT_CHECKED);
  });

  test("the server refuses each kind of workload when it is broken, so that taking them means something", async () => {
    const broken = ["Deployment", "CronJob", "NetworkPolicy", "HorizontalPodAutoscaler", "Certificate", "ExternalSecret", "ServiceMonitor"].map((kind) => {
      const object = objects.find((o) => o.kind === kind);
      if (object === undefined) throw new Error(`${stack} has no ${kind}`);
      return { ...object, spec: { ...(object["spec"] as object), noSuchField: true } };
    });
    const answers = await dryRun(server, broken);
    expect(answers.filter((a) => a.ok || !a.message.includes("noSuchField")).map((a) => label(a.object))).toEqual([]);
  }, 60_000);
});

/** What was rendered as an object; charts stay unexpanded and are named by the render's own index. */
function kubernetesObjects(stack: Rendered): KubernetesObject[] {
  return stack.resources.filter((r) => r.type.startsWith("kubernetes:") && r.type !== CHART).map((r) => {
    if (!isObject(r.props)) throw new Error(`${r.file} is no Kubernetes object`);
    return r.props;
  });
}

function isObject(props: Record<string, unknown>): props is KubernetesObject {
  const { apiVersion, kind, metadata } = props;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata === "object" && metadata !== null && "name" in metadata;
}

function label(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return `${object.apiVersion} ${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
