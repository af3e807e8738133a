/** The node exporter: processor, memory and disk of each node, by a pod that has nothing of the node. */
import * as k8s from "@pulumi/kubernetes";
import { podMonitor } from "./monitors.ts";
import { exporterAccount, exporterNetwork, exporterPod, labelsOfExporter, type Place, podsOfExporter, type Server } from "./server.ts";

export interface NodeArgs {
  /** Image by digest, 1.5 or later. */
  image: string;
}

const NAME = "node-exporter";
/** A folder on the disk where the kubelet keeps pods, containers' logs and scratch space. */
const DISK = "/node";

/**
 * One pod on every node, in the restricted namespace: no folder, process or network of the node is given to it, as a chart's
 * would be. It needs none for what rules and dashboards use: the kernel has one /proc/stat and one /proc/meminfo, which every
 * container reads (proc(5); neither belongs to a namespace), and the size of a file system is the same in whatever folder of
 * it one stands: an empty one of the pod's own, on the kubelet's disk. What that does not show are further disks, which nodes
 * here do not have, devices and network interfaces, of which no rule asks.
 *
 * Costs 10m CPU and 24 MiB a node.
 */
export function node(place: Place, { image }: NodeArgs): void {
  const { name, args, namespace, parent } = place;
  const server: Server = {
    name: NAME,
    image,
    port: 9100,
    args: [
      "--collector.disable-defaults", "--collector.cpu", "--collector.meminfo", "--collector.filesystem",
      // The whole machine's are told by that folder; the other mounts of the pod are the same disk again.
      `--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|etc|run|var)($|/)`,
      "--web.disable-exporter-metrics",
      "--log.format=json",
    ],
    ready: { path: "/" },
    replicas: 1,
    requests: { cpu: "10m", memory: "24Mi" },
    memory: "64Mi",
    reach: [],
    volumes: [{ name: "disk", at: DISK, source: { emptyDir: { sizeLimit: "1Mi" } } }],
  };
  const account = exporterAccount(place, server);
  const labels = labelsOfExporter(args, NAME);
  const reach = exporterNetwork(place, server);
  new k8s.apps.v1.DaemonSet(`${name}-${NAME}`, {
    metadata: { name: NAME, namespace: namespace.metadata.name, labels },
    spec: {
      selector: { matchLabels: podsOfExporter(args, NAME) },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%" } },
      template: {
        metadata: { labels },
        // Whatever a node is kept free for: what fills it is to be seen.
        spec: { ...exporterPod(server, account), tolerations: [{ operator: "Exists" }] },
      },
    },
  }, { parent, dependsOn: [account, reach] });
  podMonitor(place, NAME, { sourceLabels: ["__meta_kubernetes_pod_node_name"] });
}
