/** Fluent Bit on every node. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY } from "../../application/security.ts";
import { filesOf } from "../pods.ts";
import { METRICS_PORT, PATHS, pipeline, PORT } from "./fluentBit.ts";
import type { LogCollectionArgs } from "./index.ts";
import { RESOURCES } from "./namespace.ts";
import { redactionScript } from "./script.ts";

/**
 * User 0, because the logs are root's, without any of root's powers: all capabilities dropped, no token, a root file system and a
 * folder of logs that it can not write to. It writes to one folder of its own, where it remembers how far it has read.
 */
const SECURITY = { ...CONTAINER_SECURITY, runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 };

/** Nodes with taints have logs, too. */
const EVERYWHERE = [{ operator: "Exists", effect: "NoSchedule" }, { operator: "Exists", effect: "NoExecute" }];

export function agent(name: string, args: LogCollectionArgs, namespace: pulumi.Input<string>, account: pulumi.Input<string>, labels: Record<string, string>, after: pulumi.Resource[], parent: pulumi.Resource): void {
  const files = {
    "fluent-bit.yaml": pipeline({ region: args.region, prefix: args.prefix, namespaces: { application: args.appNamespace, ingress: args.ingressNamespace, own: args.namespace } }),
    "redact.lua": redactionScript(),
  };
  const config = filesOf(`${name}-config`, { name: "fluent-bit", namespace, labels }, files, parent);
  const selector = { "app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/part-of": args.prefix };
  new k8s.apps.v1.DaemonSet(`${name}-agent`, {
    metadata: { name: "fluent-bit", namespace, labels },
    spec: {
      selector: { matchLabels: selector },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { seccompProfile: { type: "RuntimeDefault" } },
          tolerations: EVERYWHERE,
          // Longer than its own grace, in which it sends what it has.
          terminationGracePeriodSeconds: 45,
          containers: [container(args)],
          volumes: [
            { name: "config", configMap: { name: config.metadata.name } },
            { name: "logs", hostPath: { path: PATHS.logs, type: "Directory" } },
            { name: "state", hostPath: { path: `${PATHS.state}-${args.prefix}`, type: "DirectoryOrCreate" } },
          ],
        },
      },
    },
  }, { parent, dependsOn: after });
}

function container(args: LogCollectionArgs): k8s.types.input.core.v1.Container {
  return {
    name: "fluent-bit",
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    args: ["--config", PATHS.settings],
    ports: [{ name: "http", containerPort: PORT }, { name: "metrics", containerPort: METRICS_PORT }],
    startupProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 2, failureThreshold: 30 },
    // Its health is that of sending: where CloudWatch is away, a restart helps nobody.
    readinessProbe: { httpGet: { path: "/api/v1/health", port: "http" }, periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 20, failureThreshold: 6 },
    resources: RESOURCES,
    securityContext: SECURITY,
    volumeMounts: [
      ...[PATHS.settings, PATHS.script].map((mountPath) => ({ name: "config", mountPath, subPath: mountPath.split("/").at(-1) ?? "", readOnly: true })),
      { name: "logs", mountPath: PATHS.logs, readOnly: true },
      { name: "state", mountPath: PATHS.state },
    ],
  };
}
