/** Monitoring reads from everywhere it must and is reached by few. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { SERVICES } from "../cluster/serviceTable.ts";
import { apiServerOut, apiServerPeers, DNS, eksApiServer, httpsOut, POD_IDENTITY, PodsWithout, PolicySet, podsOf, storesOut, tcp } from "../networkRules.ts";
import { EXPORTER_LABEL } from "./exporters/server.ts";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";
import { PROMETHEUS_PODS } from "./prometheus.ts";
import { PROMETHEUS_PORT } from "./releaseSignals.ts";

/** Ports of the stack among itself: Prometheus and Alertmanager 9090 to 9094, exporters. Grafana's is opened to nobody. */
const OWN_PORTS = tcp(5000, 8080, 8443, 9090, 9093, 9094, 9100, 9115, 9121, 9187, 10_250);
/** Kubelet and node exporter on the nodes. */
const NODE_PORTS = tcp(9100, 10_250);
const POSTGRES = 5432;
const REDIS = 6379;

export function networkPolicies(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): void {
  const policies = new PolicySet(name, namespace.metadata.name, labelsOf(args, args.namespace), { parent });
  const everyPod = {};
  // Alertmanager, which the operator labels so, scrapes nothing and opens no store: it talks to people only.
  const watchers = new PodsWithout("alertmanager", EXPORTER_LABEL);
  // Exporters have ways of their own (exporters/server.ts), and of these only the one to cluster DNS.
  const others = new PodsWithout(EXPORTER_LABEL);
  const nodes = (args.clusterCidrs ?? [args.vpcCidr]).map((cidr) => ({ ipBlock: { cidr } }));
  const apiServer = args.apiServer ?? eksApiServer(args.vpcCidr);

  policies.allowIn("allow-within", others, [{ from: [{ podSelector: {} }], ports: OWN_PORTS }]);
  policies.allowIn("allow-adapter", others, [{ from: [podsOf(adapterNamespace())], ports: tcp(9090) }]);
  policies.allowIn("allow-webhooks", others, [{ from: apiServerPeers(apiServer), ports: tcp(8443, 9443, 10_250) }]);
  // Release commands read it through the API server's proxy; people have no other way to it.
  if (args.prometheus !== undefined) policies.allowIn("allow-release-signals", PROMETHEUS_PODS, [{ from: apiServerPeers(apiServer), ports: tcp(PROMETHEUS_PORT) }]);
  policies.allowOut("allow-dns", everyPod, [DNS]);
  policies.allowOut("allow-within-out", others, [{ to: [{ podSelector: {} }], ports: OWN_PORTS }]);
  policies.allowOut("allow-scraping", watchers, [
    { to: [podsOf(args.app.namespace)], ports: tcp(args.app.port) },
    { to: [podsOf(args.ingressNamespace)], ports: tcp(9113) },
    { to: nodes, ports: NODE_PORTS },
  ]);
  policies.allowOut("allow-api-server", watchers, [apiServerOut(apiServer)]);
  policies.allowOut("allow-stores", watchers, [storesOut(args.vpcCidr, POSTGRES, REDIS)]);
  policies.allowOut("allow-notifications", others, [httpsOut(args.vpcCidr)]);
  const { workspace } = args.prometheus?.remoteWrite ?? {};
  // Where that is the agent of Pod Identity; a token is exchanged by HTTPS, which is open already.
  if (workspace?.identity.kind === "podIdentity") policies.allowOut("allow-credentials", PROMETHEUS_PODS, [POD_IDENTITY]);
}

/** Where the metrics adapter runs: said once, in the table of cluster services. */
function adapterNamespace(): string {
  const adapter = SERVICES["prometheus-adapter"];
  if (adapter === undefined) throw new Error("Monitoring: the table of cluster services has no prometheus-adapter, which reads request rates from Prometheus; put it back (components/cluster/serviceTable.ts).");
  return adapter.namespace;
}
