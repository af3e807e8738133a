/** Reads what the guard asks for from the API server that a kubeconfig names, and leaves notes there. */
import {
  ApiException, AppsV1Api, BatchV1Api, type Configuration, CoreV1Api, createConfiguration, DiscoveryV1Api, KubeConfig, type Middleware, PatchStrategy, ServerConfiguration, setHeaderOptions, type V1Deployment,
} from "@kubernetes/client-node";
import { type Color, otherColor } from "../application/labels.ts";
import { canaryOf } from "./canaryPods.ts";
import { leftOf, leftText } from "./left.ts";
import { CANARY_ANNOTATION, LEFT_ANNOTATION, RECORDS, SERIAL_ANNOTATION } from "./names.ts";
import { SCHEMA_ANNOTATION, SCHEMA_VERSION_ANNOTATION } from "./schema.ts";
import type { Cluster, LiveService, Pods, Records } from "./seen.ts";

/** An API server that has not answered by then is not there for what is asked of it. */
const LIMIT_MS = 15_000;
/** Who owns the notes on the live Service; not the provider, which takes away what it owns and no longer declares. */
const NOTES = "golive-guard";

/**
 * @param kubeconfig text, YAML or JSON; credential plugins such as `aws eks get-token` are run
 * @param namespace the application's
 * @throws when the text names no cluster
 */
export function clusterReader(kubeconfig: string, namespace: string): Cluster {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("Release: the kubeconfig names no cluster as its current one, so nobody can look whether the new color is ready. Set current-context in it.");
  const limited = connection(config, server);
  const [apps, core, discovery, batch] = [new AppsV1Api(limited), new CoreV1Api(limited), new DiscoveryV1Api(limited), new BatchV1Api(limited)];
  const read = <T>(what: string, request: () => Promise<T>) => asked(server, `${namespace}/${what}`, request);
  return {
    liveService: async () => {
      const found = await read("Service app", () => core.readNamespacedService({ name: "app", namespace }));
      return found === undefined ? undefined : liveService(found.spec?.selector, found.metadata?.annotations);
    },
    pods: async (color: Color) => {
      const name = `app-${color}`;
      const found = await read(`Deployment ${name}`, () => apps.readNamespacedDeployment({ name, namespace }));
      return found === undefined ? undefined : pods(found);
    },
    readyEndpoints: async (service: string) => {
      const labelSelector = `kubernetes.io/service-name=${service}`;
      const slices = await read(`EndpointSlices of ${service}`, () => discovery.listNamespacedEndpointSlice({ namespace, labelSelector }));
      // One address can be in two slices while they are rebalanced (Kubernetes, EndpointSlices, "Duplicate endpoints").
      return new Set(slices?.items.flatMap((slice) => slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses)).size;
    },
    records: async () => records((await read(`ConfigMap ${RECORDS}`, () => core.readNamespacedConfigMap({ name: RECORDS, namespace })))?.data),
    schemaVersion: async () => {
      const labelSelector = "app.kubernetes.io/component=migrations";
      const [jobs, map] = await Promise.all([
        read("migrations", () => batch.listNamespacedJob({ namespace, labelSelector })),
        read(`ConfigMap ${RECORDS}`, () => core.readNamespacedConfigMap({ name: RECORDS, namespace })),
      ]);
      const done = (jobs?.items ?? []).filter((job) => (job.status?.succeeded ?? 0) > 0).map((job) => job.metadata?.annotations?.[SCHEMA_VERSION_ANNOTATION]);
      // The job of a version goes when no color has its image any more; what commands have recorded stays.
      const versions = [...done.map(whole), recordedVersion(map?.data)].filter((version) => version !== undefined);
      return versions.length === 0 ? undefined : Math.max(...versions);
    },
    remember: async (left) => {
      const body = { metadata: { annotations: { [LEFT_ANNOTATION]: leftText(left) } } };
      await noted(server, () => core.patchNamespacedService({ name: "app", namespace, body, fieldManager: NOTES }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch)));
    },
  };
}

/** The answer; undefined when there is no such object. */
async function asked<T>(server: string, what: string, request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw new Error(`Release: the cluster at ${server} did not tell about ${what}: ${reasonOf(error)}. Traffic is unchanged. See that it can be reached from here with these rights (kubectl get --raw /readyz), and run the update again.`, { cause: error });
  }
}

/** A server that can only be read from, as a simulated one, keeps no notes. */
async function noted(server: string, request: () => Promise<unknown>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (error instanceof ApiException && error.code === 405) return;
    throw new Error(`Release: the cluster at ${server} did not keep what the live Service has left: ${reasonOf(error)}. An update from a checkout of before may move traffic back until release.serial is raised.`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return `it answered ${error.code}`;
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `it has not answered within ${LIMIT_MS / 1000} s`;
  // "fetch failed" says nothing; its cause does.
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

/** As `makeApiClient` makes it, with an end for requests that take too long. */
function connection(config: KubeConfig, server: string): Configuration {
  const limit: Middleware = {
    pre: (request) => {
      request.setSignal(AbortSignal.timeout(LIMIT_MS));
      return Promise.resolve(request);
    },
    post: (response) => Promise.resolve(response),
  };
  return createConfiguration({ baseServer: new ServerConfiguration(server, {}), authMethods: { default: config }, promiseMiddleware: [limit] });
}

function liveService(selector: Record<string, string> | undefined, annotations: Record<string, string> | undefined): LiveService {
  const serial = whole(annotations?.[SERIAL_ANNOTATION]);
  const left = leftOf(annotations?.[LEFT_ANNOTATION]);
  // A selector of one color is no canary, whatever an annotation has been left to say.
  const canary = selector?.["color"] === undefined ? canaryOf(annotations?.[CANARY_ANNOTATION]) : undefined;
  const color = canary === undefined ? selector?.["color"] : otherColor(canary.color);
  return { color, serial, ...(canary === undefined ? {} : { canary }), ...(left.length === 0 ? {} : { left }) };
}

function pods({ metadata, spec, status }: V1Deployment): Pods {
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas = 0 } = status ?? {};
  return {
    image: spec?.template.spec?.containers.find(({ name }) => name === "app")?.image,
    schema: metadata?.annotations?.[SCHEMA_ANNOTATION],
    desired: spec?.replicas ?? 1,
    updated,
    // Pods of an earlier version count as available too, and would have users with the others.
    available: Math.max(0, availableReplicas - Math.max(0, replicas - updated)),
    isObserved: (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0),
  };
}

/** @throws when commands, or people, have left something there that is no list of rejections */
function records(data: Record<string, string> | undefined): Records {
  const text = data?.["rejected"];
  if (text === undefined || text === "") return { rejected: [] };
  const list = parsed(text);
  // One that can not be read may be the one that matters.
  if (!Array.isArray(list) || !list.every(isRejection)) throw new Error(`Release: data.rejected of ConfigMap ${RECORDS} is no JSON list of {digest, reason, at}, so nobody can tell what was rejected before. Correct it, or set it to [].`);
  return { rejected: list };
}

/** @throws when it is no version */
function recordedVersion(data: Record<string, string> | undefined): number | undefined {
  const text = data?.["schemaVersion"] ?? "";
  const version = whole(text);
  if (text !== "" && version === undefined) throw new Error(`Release: data.schemaVersion of ConfigMap ${RECORDS} is "${text}" and no number, so nobody can tell which schema the database has. Correct it, or take it away.`);
  return version;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRejection(entry: unknown): entry is Records["rejected"][number] {
  return typeof entry === "object" && entry !== null && "digest" in entry && typeof entry.digest === "string" && "reason" in entry && typeof entry.reason === "string";
}

/** A number that is written as text, as everything in annotations is. */
function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
