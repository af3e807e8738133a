/** Requirements, section 1, row "application". */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { at, type Rendered } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { kept, names } from "../facts.ts";

const row = "application";
const LIVE: readonly [string, string] = ["Deployment", "app-blue"];
const SCALER: readonly [string, string] = ["HorizontalPodAutoscaler", "app-blue"];
const CONFIG: readonly [string, string] = ["ConfigMap", "release-blue-config"];
const CONTAINER = "spec.template.spec.containers[0]";

/** Ten hex digits of SHA-256. */
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 10);

const setting = (values: Record<string, string>) => [...CONFIG, { data: expect.objectContaining(values) as unknown }] as const;

function container(p: Rendered): Record<string, unknown> {
  return at(p.one(...LIVE).props, CONTAINER) as Record<string, unknown>;
}

export const application: Requirement[] = [
  kept(row, "≥ 3 replicas per live color", [
    [...LIVE, { "spec.replicas": 3, "spec.selector.matchLabels.color": "blue" }],
    [...SCALER, { "spec.minReplicas": 3, "spec.scaleTargetRef": { apiVersion: "apps/v1", kind: "Deployment", name: "app-blue" } }],
    ["Service", "release-live-service", { "spec.selector.color": "blue" }],
  ]),
  kept(row, "spread over zones", [[...LIVE, {
    "spec.template.spec.topologySpreadConstraints[0].topologyKey": "topology.kubernetes.io/zone",
    "spec.template.spec.topologySpreadConstraints[0].maxSkew": 1,
    "spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable": "DoNotSchedule",
    "spec.template.spec.topologySpreadConstraints[1].topologyKey": "kubernetes.io/hostname",
  }]]),
  kept(row, "requests and limits", [[...LIVE, {
    [`${CONTAINER}.resources.requests`]: { cpu: "200m", memory: "512Mi", "ephemeral-storage": "256Mi" },
    [`${CONTAINER}.resources.limits`]: { cpu: "800m", memory: "512Mi", "ephemeral-storage": "1Gi" },
  }]]),
  kept(row, "startup / readiness / liveness probes (`/health/ready`, `/health/live`, deep check `/health` of database, cache, file storage, security, export)", [
    [...LIVE, {
      [`${CONTAINER}.startupProbe.httpGet`]: { path: "/health/ready", port: "http" },
      [`${CONTAINER}.readinessProbe.httpGet`]: { path: "/health/ready", port: "http" },
      [`${CONTAINER}.livenessProbe.httpGet`]: { path: "/health/live", port: "http" },
    }],
    setting({ HEALTH_READY_PATH: "/health/ready", HEALTH_LIVE_PATH: "/health/live", HEALTH_DEEP_PATH: "/health", HEALTH_DEEP_CHECKS: "database,cache,fileStorage,security,export" }),
  ], (p) => {
    const probed = ["startupProbe", "readinessProbe", "livenessProbe"].map((probe) => at(container(p), `${probe}.httpGet.path`));
    expect(probed, "a slow database must not restart pods").not.toContain("/health");
  }),
  kept(row, "HPA 3–10 on CPU and on a request metric", [[...SCALER, {
    "spec.minReplicas": 3, "spec.maxReplicas": 10,
    "spec.metrics": [
      { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      { type: "Pods", pods: { metric: { name: "http_requests_per_second" }, target: { type: "AverageValue", averageValue: "50" } } },
    ],
  }]]),
  kept(row, "PDB", [["PodDisruptionBudget", "app-blue", { "spec.maxUnavailable": 1, "spec.selector.matchLabels.color": "blue", "spec.unhealthyPodEvictionPolicy": "AlwaysAllow" }]]),
  kept(row, "preStop drain", [
    [...LIVE, { [`${CONTAINER}.lifecycle.preStop`]: { sleep: { seconds: 15 } }, "spec.template.spec.terminationGracePeriodSeconds": 60 }],
    setting({ SHUTDOWN_SECONDS: "45" }),
    ["aws:lb/targetGroup:TargetGroup", "edge-target-group", { deregistrationDelay: 60 }],
  ]),
  kept(row, "config and secrets content-hashed", [
    [...CONFIG, { immutable: true, "metadata.name": expect.stringMatching(/^app-config-[0-9a-f]{10}$/) as unknown }],
    [...LIVE, {}],
    ["ExternalSecret", "app-secrets", {}],
  ], (p) => {
    expect(container(p)["envFrom"]).toEqual([{ configMapRef: { name: at(p.one(...CONFIG).props, "metadata.name") } }, { secretRef: { name: "app-secrets" } }]);
    // The pod's own hash is over the configuration and the versions of the secrets, so that a new secret rolls the pods, too.
    const annotations = at(p.one(...LIVE).props, "spec.template.metadata.annotations") as Record<string, string>;
    expect(annotations["golive.dev/config-hash"]).toMatch(/^[0-9a-f]{10}$/);
    const content = String((at(p.one("ExternalSecret", "app-secrets").props, "metadata.annotations") as Record<string, string>)["golive.dev/secrets-version"]);
    // That it changes with every version of a secret is shown by test/components/secrets.test.ts and test/engine/stacks.test.ts.
    expect(content).toMatch(/^1-[0-9a-f]{10}$/);
    const values = Object.entries({ ...at(p.one(...CONFIG).props, "data") as Record<string, string>, "": content }).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(annotations["golive.dev/config-hash"]).toBe(hashOf(JSON.stringify(values)));
    expect(`app-config-${String(annotations["golive.dev/config-hash"])}`).not.toBe(at(p.one(...CONFIG).props, "metadata.name"));
  }),
  kept(row, "JSON logs", [setting({ LOG_FORMAT: "json", LOG_LEVEL: "info" })]),
  kept(row, "app security settings passed as config", [setting({})], (p) => expect(names(p, "ConfigMap", /^release-/)).toEqual(["release-blue-config", "release-green-config"])),
  kept(row, "access token 1 h", [setting({ ACCESS_TOKEN_SECONDS: "3600" })]),
  kept(row, "refresh 7 days", [setting({ REFRESH_TOKEN_SECONDS: "604800" })]),
  kept(row, "session 8 h", [setting({ SESSION_SECONDS: "28800" })]),
  kept(row, "limits 100/min and 1000/h with burst 50", [setting({ RATE_LIMIT_PER_MINUTE: "100", RATE_LIMIT_PER_HOUR: "1000", RATE_LIMIT_BURST: "50" })]),
  kept(row, "upload 50 MB of .svg .xml .json", [setting({ UPLOAD_MAX_BYTES: "52428800", UPLOAD_TYPES: ".svg,.xml,.json" })]),
  kept(row, "MFA required", [setting({ MFA_REQUIRED: "true" })]),
];
