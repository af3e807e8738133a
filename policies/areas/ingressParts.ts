/** What NGINX Ingress Controller's resources are made of (API k8s.nginx.org/v1, and its annotations on Ingress). */
import type { Resource, Stack } from "../resource.ts";
import { any, matching } from "../search.ts";
import { known, type Value } from "../value.ts";

export const VIRTUAL_SERVER = "k8s:k8s.nginx.org:VirtualServer";
export const SUBROUTES = "k8s:k8s.nginx.org:VirtualServerRoute";
export const ROUTERS = [VIRTUAL_SERVER, SUBROUTES];
export const POLICY = "k8s:k8s.nginx.org:Policy";
export const INGRESS = "k8s:networking:Ingress";
export const CONFIG_MAP = "k8s:core:ConfigMap";
export const CHARTS = ["k8s:helm.sh:Chart", "k8s:helm.sh:Release"];

/** Keys that only NGINX's own ConfigMap has. */
const MARKS = ["ssl-protocols", "ssl-ciphers", "set-real-ip-from", "server-tokens"];

/**
 * Whether a ConfigMap holds the controller's settings: by the name that its manifests give it, or by its keys. While
 * neither is known, one that is labelled as something else's is none; the update judges it again when it is known.
 *
 * @throws Undecided
 */
export function isNginxConfig(map: Resource): boolean {
  const named = (): boolean => map.objectName === "nginx-config";
  const marked = (): boolean => map.at("data").entries.some(([key]) => MARKS.includes(key));
  const isIt = (): boolean => any([named, marked], (test) => test());
  return known(isIt) ?? (maybeNginx(map) && isIt());
}

/** Whether an Ingress is NGINX's; one without a class is taken by whatever controller comes first. */
export function isNginxIngress(ingress: Resource): boolean {
  return ingress.at("spec.ingressClassName").text?.includes("nginx") ?? true;
}

function maybeNginx(object: Resource): boolean {
  return object.at("metadata.labels").key("app.kubernetes.io/name").text?.includes("nginx") ?? true;
}

export function annotation(object: Resource, key: string): Value {
  return object.at("metadata.annotations").key(key);
}

export function routesOf(router: Resource): Value {
  return router.at(router.is(SUBROUTES) ? "spec.subroutes" : "spec.routes");
}

/** Every action that lets an upstream answer: of routes, of their matches and of their splits. */
export function eachProxied(router: Resource, look: (action: Value) => void): void {
  const consider = (holder: Value): void => {
    holder.try(() => {
      const action = holder.at("action");
      if (action.at("pass").exists || action.at("proxy").exists) look(action);
    });
    holder.try(() => holder.at("splits").each(consider));
  };
  routesOf(router).each((route) => {
    consider(route);
    route.try(() => route.at("matches").each(consider));
  });
}

/** The chart of F5's controller. */
export function isControllerChart(chart: Resource): boolean {
  return chart.at("chart").text?.includes("nginx-ingress") ?? false;
}

/** The Policies that a list of references names; a reference without namespace means the referring object's own. */
export function policiesOf(references: Value, from: Resource, stack: Stack): { reference: Value; policies: Resource[] }[] {
  return references.items.map((reference) => {
    const name = reference.at("name").text;
    const namespace = reference.at("namespace").text ?? from.namespace;
    return { reference, policies: matching(stack.of(POLICY), (policy) => policy.objectName === name && policy.namespace === namespace) };
  });
}

/** A rate limit, as a Policy and as the annotations of an Ingress write it. */
export interface Limit {
  rate: Value;
  burst: Value;
  noDelay: Value;
  delay: Value;
  key: Value;
  rejectCode: Value;
  dryRun: Value;
  scale: Value;
}

export function hasLimit(holder: Resource): boolean {
  return limitOf(holder).rate.exists;
}

export function limitOf(holder: Resource): Limit {
  const policy = holder.is(POLICY);
  const part = (field: string, suffix: string): Value => (policy ? holder.at(`spec.rateLimit.${field}`) : annotation(holder, `nginx.org/limit-req-${suffix}`));
  return {
    rate: part("rate", "rate"),
    burst: part("burst", "burst"),
    noDelay: part("noDelay", "no-delay"),
    delay: part("delay", "delay"),
    key: part("key", "key"),
    rejectCode: part("rejectCode", "reject-code"),
    dryRun: part("dryRun", "dry-run"),
    scale: part("scale", "scale"),
  };
}

/** `10r/s`, `200r/m` in requests a second. */
export function perSecond(rate: string): number | undefined {
  const parts = /^(\d+)r\/([sm])$/.exec(rate);
  return parts === null ? undefined : Number(parts[1]) / (parts[2] === "m" ? 60 : 1);
}

/** Whether a list of references names a Policy with a rate limit, or one that is not declared (which is another rule's matter). */
export function namesLimit(references: Value, from: Resource, stack: Stack): boolean {
  return any(policiesOf(references, from, stack), ({ policies }) => policies.length === 0 || any(policies, hasLimit));
}
