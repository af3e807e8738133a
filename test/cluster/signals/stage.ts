/** A stack that releases, with the Prometheus and the Alertmanager that its components declare: commands ask them as operators' do. */
import { applyAll, type KubeObject } from "../../../sandbox/services/objects.ts";
import { installGroup } from "../../../sandbox/cluster/crds.ts";
import { alertmanagerImage, demoImage, operatorImages, prometheusImage } from "../../../sandbox/images/index.ts";
import { storeAuthority } from "../../../sandbox/services/authority.ts";
import { alertmanagerSecret, fitted, MONITORING, rendered } from "../monitoring/objects.ts";
import { scaledObject } from "../monitoring/scale.ts";
import { until } from "../monitoring/stage.ts";
import { openReleaseStage, type ReleaseStage } from "../release/stage.ts";

const READY_MS = 240_000;
/** Nobody is told anything here. */
const NOBODY = { address: "127.0.0.1", httpPort: 1, smtpPort: 1 };

export interface Silence {
  id: string;
  status: { state: "active" | "pending" | "expired" };
  matchers: { name: string; value: string }[];
  createdBy: string;
  comment: string;
  startsAt: string;
  endsAt: string;
}

export interface SignalStage extends ReleaseStage {
  /** All that Alertmanager knows, those that are over included. */
  silences(): Promise<Silence[]>;
  /** Asks Alertmanager's API. */
  alertmanager<T>(at: string): Promise<T>;
  /** Tells Alertmanager of alerts by their labels, as Prometheus does. */
  alert(labels: readonly Record<string, string>[]): Promise<void>;
  /** Takes the way to Prometheus away, or gives it back. */
  prometheusIsThere(isThere: boolean): Promise<void>;
}

/** @throws when something does not come up */
export async function openSignalStage(): Promise<SignalStage> {
  const stage = await openReleaseStage({ version: "1.0.0" });
  try {
    const { client } = stage.cluster;
    const [{ operator, reloader }, prometheus, alertmanager, app] = await Promise.all([operatorImages(), prometheusImage(), alertmanagerImage(), demoImage({ version: "1.0.0" })]);
    await stage.cluster.importImages([operator, reloader, prometheus, alertmanager].map(({ archive }) => archive));
    const version = alertmanager.reference.slice(alertmanager.reference.lastIndexOf(":") + 1);
    const images = { app: app.pinned, operator: operator.pinned, reloader: reloader.pinned, prometheus: prometheus.pinned, alertmanager: { image: alertmanager.pinned, version } };
    const all = await rendered(images);
    // The application is the release's; of monitoring everything, with scrapes twice a second.
    const ours = fitted(all.filter(({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === "monitoring"), images).map((object) => (object.kind === "PrometheusRule" ? object : scaledObject(object)));
    await installGroup(client, "monitoring.coreos.com");
    await applyAll(client, [namespace("ingress"), ...ordered(ours), alertmanagerSecret(all, { ...NOBODY, authority: (await storeAuthority()).certificate }, scaledObject)]);
    const proxy = (service: string, at: string) => `/api/v1/namespaces/${MONITORING}/services/${service}/proxy${at}`;
    const get = async <T>(service: string, at: string): Promise<T> => {
      const { status, body } = await client.get(proxy(service, at));
      if (status !== 200) throw new Error(`${service} answers ${at} with ${status}: ${JSON.stringify(body).slice(0, 300)}`);
      return body as T;
    };
    const scraped = async (): Promise<true | undefined> => {
      await get("alertmanager-operated:web", "/api/v2/status");
      const { data } = await get<{ data: { result: unknown[] } }>("prometheus:web", `/api/v1/query?query=${encodeURIComponent('count by (color) (up{namespace="shop"} == 1)')}`);
      return data.result.length === 2 ? true : undefined;
    };
    await until("Prometheus to scrape both colors", scraped, READY_MS);
    stage.set(["golive:images", "prometheus"], prometheus.pinned);
    stage.set(["golive:images", "alertmanager"], alertmanager.pinned);
    return {
      ...stage,
      silences: () => get("alertmanager-operated:web", "/api/v2/silences"),
      alertmanager: (at) => get("alertmanager-operated:web", at),
      alert: async (labels) => {
        const { status, body } = await client.post(proxy("alertmanager-operated:web", "/api/v2/alerts"), labels.map((one) => ({ labels: one })));
        if (status !== 200) throw new Error(JSON.stringify(body));
      },
      prometheusIsThere: async (isThere) => {
        const { status, body } = await client.merge(`/api/v1/namespaces/${MONITORING}/services/prometheus`, { spec: { selector: { gone: isThere ? null : "yes" } } });
        if (status !== 200) throw new Error(JSON.stringify(body));
        if (isThere) await until("Prometheus to be back", scraped);
      },
      [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
    };
  } catch (error) {
    const logs = await stage.cluster.keepLogs();
    await stage[Symbol.asyncDispose]();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nlogs: ${logs}`, { cause: error });
  }
}

/** What is in a namespace comes after it, and what the operator reads after the rest. */
function ordered(objects: readonly KubeObject[]): KubeObject[] {
  const rank = ({ apiVersion, kind }: KubeObject): number => (kind === "Namespace" ? 0 : apiVersion.startsWith("monitoring.coreos.com/") ? 2 : 1);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
