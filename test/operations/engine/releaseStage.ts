/** A cluster with both colors and no pods: a real API server, on which nothing runs, so endpoints are written by hand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { MANAGER } from "../../../operations/release/names.ts";
import { openStage, type Stage } from "../../../operations/release/stage.ts";
import { ROOT } from "../../../operations/stacks.ts";
import { startApiServer, type ApiServer } from "../../../sandbox/cluster/apiServer.ts";

export const NAMESPACE = "shop";
export const DIGESTS = { blue: `sandbox.local/shop@sha256:${"b".repeat(64)}`, green: `sandbox.local/shop@sha256:${"e".repeat(64)}` };
export type TestColor = "blue" | "green";

const selectorOf = (color: string): Record<string, string> => ({ "app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": `app-${color}`, color });
const PORTS = [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }];

/** What tests do to the cluster past the commands. */
export class TestCluster {
  readonly server: ApiServer;

  constructor(server: ApiServer) {
    this.server = server;
  }

  static async start(): Promise<TestCluster> {
    const cluster = new TestCluster(await startApiServer());
    await cluster.namespace("shop-sandbox");
    for (const color of ["blue", "green"] as const) {
      await cluster.deployment(color);
      await cluster.apply(`/api/v1/namespaces/shop/services/app-${color}`, { apiVersion: "v1", kind: "Service", metadata: { name: `app-${color}` }, spec: { selector: selectorOf(color), ports: PORTS } });
    }
    return cluster;
  }

  async apply(place: string, object: object, manager = "test"): Promise<void> {
    const answer = await this.server.client.apply(`${place}?fieldManager=${manager}&force=true`, object);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  }

  /** @param partOf whose cluster it says that it is */
  namespace(partOf: string): Promise<void> {
    return this.apply("/api/v1/namespaces/shop", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels: { "app.kubernetes.io/part-of": partOf } } });
  }

  deployment(color: TestColor, image: string = DIGESTS[color]): Promise<void> {
    const labels = { color };
    return this.apply(`/apis/apps/v1/namespaces/shop/deployments/app-${color}`, { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: `app-${color}`, namespace: NAMESPACE }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "app", image }] } } } });
  }

  /** The live Service, as the provider applies it. */
  service(color: string, serial: number): Promise<void> {
    return this.apply("/api/v1/namespaces/shop/services/app", {
      apiVersion: "v1", kind: "Service",
      metadata: { name: "app", namespace: NAMESPACE, labels: { "app.kubernetes.io/name": "shop" }, annotations: { "golive.dev/release-serial": String(serial), "golive.dev/strategy": "blueGreen" } },
      spec: { type: "ClusterIP", selector: selectorOf(color), ports: PORTS },
    }, MANAGER);
  }

  /** @param color of a color's Service; "" is the live one */
  endpoints(color: string, count: number): Promise<void> {
    const name = color === "" ? "app" : `app-${color}`;
    return this.apply(`/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices/${name}-1`, {
      apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata: { name: `${name}-1`, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": name } }, addressType: "IPv4", ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: Array.from({ length: 3 }, (_, index) => ({ addresses: [`10.0.${color === "green" ? 1 : 0}.${index + 1}`], conditions: { ready: index < count } })),
    });
  }

  records(data: Record<string, string>): Promise<void> {
    return this.apply("/api/v1/namespaces/shop/configmaps/app-releases", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app-releases" }, data });
  }

  async get(place: string): Promise<Record<string, unknown>> {
    const { status, body } = await this.server.client.get(place);
    expect(status, JSON.stringify(body)).toBe(200);
    return body as Record<string, unknown>;
  }
}

export interface Opened {
  stage: Stage;
  folder: string;
  /** What the stack file says. */
  text(): string;
  write(text: string): void;
  close(): void;
}

/** Blue is live by release 1, both colors are ready, nothing is recorded; a stack file of its own. */
export async function openTestStage(cluster: TestCluster): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), "stage-"));
  const place = path.join(folder, "Pulumi.sandbox.yaml");
  writeFileSync(place, readFileSync(path.join(ROOT, "Pulumi.sandbox.yaml"), "utf8").replace(/blue: sandbox.local\S+/, `blue: ${DIGESTS.blue}`).replace(/green: sandbox.local\S+/, `green: ${DIGESTS.green}`));
  await cluster.service("blue", 1);
  for (const color of ["blue", "green"] as const) {
    await cluster.deployment(color);
    await cluster.endpoints(color, 2);
  }
  await cluster.endpoints("", 2);
  await cluster.records({ rejected: "[]", history: "[]", schemaVersion: "7" });
  const stage = await openStage("sandbox", { kubeconfig: cluster.server.kubeconfig, env: { GOLIVE_STAGE: folder } });
  return {
    stage, folder,
    text: () => readFileSync(place, "utf8"),
    write: (text) => writeFileSync(place, text),
    close: () => {
      stage.api.close();
      rmSync(folder, { recursive: true });
    },
  };
}
