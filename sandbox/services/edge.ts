/** The public route of the sandbox: an NGINX with TLS in front of the live Service, as CloudFront and the ingress are in front of it elsewhere. */
import type { ApiClient } from "../cluster/client.ts";
import { nginxImage } from "../images/programs.ts";
import { certificateFor, storeAuthority } from "./authority.ts";
import { applyAll } from "./objects.ts";

/** As the images run (sandbox/images/rootFs.ts). */
const USER = 10_001;
/** Name of its objects. */
export const EDGE = "edge";
const DAYS = 90;
const PORT = 8443;

export interface EdgeOptions {
  namespace: string;
  /** The live Service: `app.shop`. */
  upstream: string;
  importImages: (files: readonly string[]) => Promise<void>;
}

/** Its address in the cluster. */
export function edgeHost(namespace: string): string {
  return `${EDGE}.${namespace}.svc.cluster.local`;
}

/** Brings it into the cluster; it becomes ready by itself. */
export async function startEdge(client: ApiClient, { namespace, upstream, importImages }: EdgeOptions): Promise<void> {
  const nginx = await nginxImage();
  await importImages([nginx.archive]);
  await serveCertificate(client, namespace, DAYS);
  const metadata = { name: EDGE, namespace };
  const volumes = { settings: "/etc/nginx/conf.d", certificate: "/certificate", data: "/data", tmp: "/tmp" };
  await applyAll(client, [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "edge.conf": settings(upstream) } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: EDGE }, ports: [{ port: 443, targetPort: PORT }] } },
    {
      apiVersion: "apps/v1", kind: "Deployment", metadata,
      spec: {
        selector: { matchLabels: { app: EDGE } },
        template: {
          metadata: { labels: { app: EDGE } },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 1,
            securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [{
              name: EDGE, image: nginx.pinned, imagePullPolicy: "IfNotPresent",
              ports: [{ name: "https", containerPort: PORT }],
              readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
              resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "96Mi" } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
              volumeMounts: Object.entries(volumes).map(([name, mountPath]) => ({ name, mountPath })),
            }],
            volumes: [{ name: "settings", configMap: { name: EDGE } }, { name: "certificate", secret: { secretName: EDGE, defaultMode: 0o440 } }, { name: "data", emptyDir: {} }, { name: "tmp", emptyDir: {} }],
          },
        },
      },
    },
  ]);
}

/** Puts a certificate that is valid for so many days in front of the public route; the pod reads it when it is made anew. */
export async function serveCertificate(client: ApiClient, namespace: string, days: number): Promise<void> {
  const { certificate, key } = await certificateFor(await storeAuthority(), [edgeHost(namespace)], days);
  await applyAll(client, [{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name: EDGE, namespace }, stringData: { "tls.crt": certificate, "tls.key": key } }]);
}

function settings(upstream: string): string {
  return `server {
  listen ${PORT} ssl;
  ssl_certificate /certificate/tls.crt;
  ssl_certificate_key /certificate/tls.key;
  location / { proxy_pass http://${upstream}.svc.cluster.local; proxy_connect_timeout 1s; proxy_read_timeout 5s; }
}
`;
}
