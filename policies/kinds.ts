/**
 * What a resource is, whatever it is called. A type token names a version of a provider's schema
 * (`aws:s3/bucketV2:BucketV2`, `kubernetes:apps/v1:DeploymentPatch`); rules name a kind (`aws:s3:Bucket`,
 * `k8s:apps:Deployment`), so that no variant of a token passes unseen.
 */

/** AWS modules that are one service under several names in the provider's history. */
const SAME_SERVICE: Readonly<Record<string, string>> = {
  alb: "lb",
  applicationloadbalancing: "lb",
  elasticloadbalancingv2: "lb",
  elasticloadbalancing: "elb",
};

/** Kubernetes groups that once were parts of `extensions`. */
const MOVED: Readonly<Record<string, string>> = { Ingress: "networking", NetworkPolicy: "networking", PodSecurityPolicy: "policy" };

const TOKEN = /^(?<provider>[^:]+):(?<module>[^:]*):(?<name>[^:]+)$/;

/** A kind, and what the token said besides. */
export interface Kind {
  /** `aws:<service>:<Name>`, `k8s:<group>:<Kind>`, or the token itself for other providers. */
  kind: string;
  /** A `…Patch` sets some fields of an object that somebody else declares. */
  patch: boolean;
  /** A `…List` holds objects in `items`. */
  list: boolean;
}

const seen = new Map<string, Kind>();

/** The kind of a type token; remembered, because a stack has few tokens and many resources. */
export function kindOf(token: string): Kind {
  const known = seen.get(token);
  if (known !== undefined) return known;
  const kind = parse(token);
  seen.set(token, kind);
  return kind;
}

function parse(token: string): Kind {
  const parts = TOKEN.exec(token)?.groups;
  const [provider, module, name] = [parts?.["provider"], parts?.["module"] ?? "", parts?.["name"] ?? ""];
  if (provider === "aws") return { kind: aws(module, name), patch: false, list: false };
  if (provider === "kubernetes") return kubernetes(module, name);
  return { kind: token, patch: false, list: false };
}

/** `s3/bucketV2` → `s3`; the S3 resources were called …V2 for one major version of the provider. */
function aws(module: string, name: string): string {
  const service = module.split("/")[0] ?? "";
  const plain = service === "s3" ? name.replace(/V2$/, "") : name;
  return `aws:${SAME_SERVICE[service] ?? service}:${plain}`;
}

function kubernetes(module: string, name: string): Kind {
  const patch = name.endsWith("Patch");
  const list = name.endsWith("List");
  const plain = patch ? name.slice(0, -"Patch".length) : list ? name.slice(0, -"List".length) : name;
  return { kind: `k8s:${groupOf(module.split("/")[0] ?? "", plain)}:${plain}`, patch, list };
}

/** `apps`, `core`; `networking` for `networking.k8s.io`; a custom resource's group stays whole. */
function groupOf(group: string, kind: string): string {
  if (group === "extensions") return MOVED[kind] ?? "apps";
  return group.endsWith(".k8s.io") && !group.startsWith("k8s.") && !group.startsWith("gateway.") ? (group.split(".")[0] ?? group) : group;
}

/** The type token of an object's `apiVersion` and `kind`. */
export function tokenOf(apiVersion: string, kind: string): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** Kinds that hold a pod's specification. */
export const POD_CARRIERS: readonly string[] = [
  "k8s:core:Pod",
  "k8s:core:PodTemplate",
  "k8s:core:ReplicationController",
  "k8s:apps:Deployment",
  "k8s:apps:StatefulSet",
  "k8s:apps:DaemonSet",
  "k8s:apps:ReplicaSet",
  "k8s:batch:Job",
  "k8s:batch:CronJob",
  "k8s:argoproj.io:Rollout",
];

/** Kinds that keep pods running behind an address. */
export const SERVERS: readonly string[] = ["k8s:apps:Deployment", "k8s:apps:StatefulSet", "k8s:apps:ReplicaSet", "k8s:core:ReplicationController", "k8s:argoproj.io:Rollout"];
