/**
 * Argo Rollouts on the same cluster, for comparison: the same demo application, as many pods, the same waits, the same load.
 * Its controller is built from its Go module (about four minutes once) and runs beside the cluster's own.
 *
 * What is measured of each round, from the request that starts it until all traffic is there: a new template that promotes
 * itself (`release`), a new template that was ready and waited for its promotion (`flip`), and the template of before while
 * its pods still run (`rollback`: the fast one, which no pause holds up).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { installGroup } from "../../../sandbox/cluster/crds.ts";
import { ARGO_ROLLOUTS } from "../../../sandbox/cluster/tools.ts";
import type { ApiClient } from "../../../sandbox/cluster/client.ts";
import { now } from "../../../sandbox/demo/load/request.ts";
import { movedAfter, summarize } from "../../../sandbox/demo/load/summary.ts";
import { ensureGoTool, type GoToolSpec } from "../../../sandbox/engine/goTool.ts";
import { UserError } from "../../../sandbox/errors.ts";
import { applyAll, type KubeObject } from "../../../sandbox/services/objects.ts";
import type { ReleaseStage } from "../../cluster/release/stage.ts";
import { LOAD, type Measured, type Move } from "./figures.ts";

export const name = `Argo Rollouts ${ARGO_ROLLOUTS.version}`;

/** As its go.mod replaces them, which reaches no user of the module (github.com/argoproj/argo-rollouts v1.10.0, go.mod). */
const KUBERNETES = "v0.34.5";
const REPLACED = [
  "api", "apiextensions-apiserver", "apimachinery", "apiserver", "cli-runtime", "client-go", "cloud-provider", "cluster-bootstrap", "code-generator",
  "component-base", "component-helpers", "controller-manager", "cri-api", "cri-client", "csi-translation-lib", "dynamic-resource-allocation",
  "endpointslice", "externaljwt", "kms", "kube-aggregator", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet",
  "metrics", "mount-utils", "pod-security-admission", "sample-apiserver",
];
const TOOL: GoToolSpec = {
  name: "argo-rollouts",
  ...ARGO_ROLLOUTS,
  package: `${ARGO_ROLLOUTS.module}/cmd/rollouts-controller`,
  replaces: {
    ...Object.fromEntries(REPLACED.map((one) => [`k8s.io/${one}`, `k8s.io/${one} ${KUBERNETES}`])),
    "github.com/go-check/check": "github.com/go-check/check v0.0.0-20180628173108-788fd7840127",
    "github.com/go-telegram-bot-api/telegram-bot-api/v5": "github.com/OvyFlash/telegram-bot-api/v5 v5.0.0-20240108230938-63e5c59035bf",
  },
  ldflags: ["-s", "-w"],
};

const NAMESPACE = "rollouts";
const ROLLOUT = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts/shop`;
const PORT = 8080;
/** As our stage has them (test/cluster/release/stage.ts, Pulumi.sandbox.yaml). */
const REPLICAS = 2;
const WAITS = { minReadySeconds: 1, preStopSeconds: 5, gracePeriodSeconds: 20 };
/** How long the old pods stay, within which a rollback is fast; longer than a round. */
const KEPT_SECONDS = 60;
const READY_MS = 60_000;
const POLL_MS = 20;
/** After the controller says that traffic has moved, nodes follow within this, as for ours (test/bench/release.ts). */
const SETTLED_MS = 1_000;

interface Status {
  phase?: string;
  currentPodHash?: string;
  observedGeneration?: string;
  blueGreen?: { activeSelector?: string };
}

/** @throws UserError when its controller can not be built, or does not do what it should in a minute */
export async function measure(stage: ReleaseStage, rounds: number, say: (line: string) => void): Promise<Measured> {
  const { cluster } = stage;
  const { client } = cluster;
  const [program] = await Promise.all([ensureGoTool(TOOL, { progress: say }), installGroup(client, "argoproj.io")]);
  let image = await stage.image({ version: "1.0.0" });
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "shop", namespace: NAMESPACE }, spec: { selector: { app: "shop" }, ports: [{ port: 80, targetPort: PORT }] } };
  await applyAll(client, ["argo-rollouts", NAMESPACE].map((one): KubeObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: one } })));
  await applyAll(client, [service, rollout(image, "v0")]);
  const controller = startController(cluster.inside, program, cluster.kubeconfig, path.join(cluster.folder, "logs", "argo-rollouts.log"));
  try {
    await until(client, "its first version", (status) => status.phase === "Healthy");
    const { body } = await client.get(`/api/v1/namespaces/${NAMESPACE}/services/shop`);
    const load = await stage.load({ ...LOAD, url: `http://${(body as { spec: { clusterIP: string } }).spec.clusterIP}` });
    const moves: Move[] = [];
    let live = "v0";
    /** Changes the template, or what `start` does, and waits until the controller says that traffic is there. */
    const moved = async (what: Move["what"], to: string, start: () => Promise<unknown>): Promise<void> => {
      const from = now();
      load.mark({ name: `${what} begins`, colors: [live, to] });
      await start();
      await until(client, `${what} to ${to}`, (status) => status.blueGreen?.activeSelector !== undefined && status.blueGreen.activeSelector === status.currentPodHash && status.phase === "Healthy");
      load.mark({ at: now() + SETTLED_MS, name: `traffic goes to ${to}`, colors: [to], olderConnections: true });
      await delay(2 * SETTLED_MS);
      moves.push({ what, to, from, until: now() });
      live = to;
    };
    for (let round = 1; round <= rounds; round++) {
      say(`${name}: round ${round} of ${rounds}`);
      const [before, old] = [image, live];
      image = await stage.image({ version: `3.${round}.0` });
      await moved("release", `r${round}`, () => apply(client, rollout(image, `r${round}`)));
      await moved("rollback", old, () => apply(client, rollout(before, old)));
      image = await stage.image({ version: `4.${round}.0` });
      await apply(client, rollout(image, `f${round}`, { promotesItself: false }));
      await until(client, "a version that waits", (status) => status.phase === "Paused" && status.blueGreen?.activeSelector !== status.currentPodHash);
      await moved("flip", `f${round}`, () => promote(client));
    }
    const { records, ...result } = await load.stop();
    const { total, failed, misrouted, failures } = summarize({ records, ...result });
    const of = (what: Move["what"]): number[] => moves.filter((move) => move.what === what).map(({ to, from, until: end }) => (movedAfter(records, to, from, end) ?? Infinity) / 1000);
    return { moved: { release: of("release"), flip: of("flip"), rollback: of("rollback") }, requests: { total, failed, misrouted, failures } };
  } finally {
    controller.kill("SIGKILL");
    if (controller.exitCode === null && controller.signalCode === null) await once(controller, "close");
  }
}

function startController([program = "", ...inside]: readonly string[], controller: string, kubeconfig: string, logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  const child = spawn(program, [...inside, controller, "--kubeconfig", kubeconfig, "--namespace", "argo-rollouts", "--leader-elect=false"], { stdio: ["ignore", log, log] });
  closeSync(log);
  return child;
}

/** @param color what its pods say of themselves, as ours do: a version of its own for each template */
function rollout(image: string, color: string, { promotesItself = true } = {}): KubeObject {
  const settings = { APP_NAME: "shop", APP_COLOR: color, DATABASE_HOST: "", REDIS_HOST: "", FILES_BUCKET: "" };
  return {
    apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata: { name: "shop", namespace: NAMESPACE },
    spec: {
      replicas: REPLICAS, minReadySeconds: WAITS.minReadySeconds, selector: { matchLabels: { app: "shop" } },
      rollbackWindow: { revisions: 3 },
      strategy: { blueGreen: { activeService: "shop", autoPromotionEnabled: promotesItself, scaleDownDelaySeconds: KEPT_SECONDS } },
      template: {
        metadata: { labels: { app: "shop" } },
        spec: {
          terminationGracePeriodSeconds: WAITS.gracePeriodSeconds,
          containers: [{
            name: "app", image, imagePullPolicy: "IfNotPresent", ports: [{ containerPort: PORT }],
            env: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
            readinessProbe: { httpGet: { path: "/health/ready", port: PORT }, periodSeconds: 1 },
            lifecycle: { preStop: { sleep: { seconds: WAITS.preStopSeconds } } },
            resources: { requests: { cpu: "50m", memory: "64Mi" } },
          }],
        },
      },
    },
  };
}

async function apply(client: ApiClient, object: KubeObject): Promise<void> {
  await applyAll(client, [object]);
}

/** What `kubectl argo rollouts promote` sends. */
async function promote(client: ApiClient): Promise<void> {
  const { status, body } = await client.merge(`${ROLLOUT}/status`, { status: { pauseConditions: null } });
  if (status >= 300) throw new UserError("The Rollout can not be promoted.", JSON.stringify(body));
}

/** Asks until the controller has seen the newest template and the status is as it should be. */
async function until(client: ApiClient, what: string, isSo: (status: Status) => boolean): Promise<void> {
  const end = Date.now() + READY_MS;
  for (;;) {
    const { body } = await client.get(ROLLOUT);
    const { metadata: { generation }, status = {} } = body as { metadata: { generation: number }; status?: Status };
    if (status.observedGeneration === String(generation) && isSo(status)) return;
    if (Date.now() > end) throw new UserError(`Argo Rollouts did not come to ${what} within ${READY_MS / 1000} s.`, JSON.stringify(status));
    await delay(POLL_MS);
  }
}
