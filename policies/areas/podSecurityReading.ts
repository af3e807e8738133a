/** What the rules of pod security share: places of a pod's settings, and what exempts a pod. */
import { POD_CARRIERS } from "../kinds.ts";
import { eachContainer, podSpec } from "../pods.ts";
import type { Report, ResourceRule } from "../rule.ts";
import type { Value } from "../value.ts";

/** What all rules on pods have in common. */
export const ON_PODS: Pick<ResourceRule, "items" | "kinds"> = { items: ["pod-security"], kinds: POD_CARRIERS };

type Look = (place: Value, report: Report) => void;

/** A check of the pod's specification. */
export function pod(look: Look): ResourceRule["check"] {
  return (resource, report) => look(podSpec(resource), report);
}

/** A check of each container: init, ordinary and ephemeral ones. */
export function eachOf(look: Look): ResourceRule["check"] {
  return pod((spec, report) => eachContainer(spec, (container) => look(container, report)));
}

/** A check of the pod's own `securityContext` and of that of each container. */
export function eachContext(look: Look): ResourceRule["check"] {
  return pod((spec, report) => {
    spec.try(() => look(spec.key("securityContext"), report));
    eachContainer(spec, (container) => look(container.key("securityContext"), report));
  });
}

/**
 * A check of a property of `securityContext` that containers inherit from the pod: what is set must be right at every
 * place, and each container must have it from one of the two.
 */
export function inherited(property: string, wrong: (value: Value) => string | undefined, missing: string): ResourceRule["check"] {
  return pod((spec, report) => {
    const shared = spec.key("securityContext").key(property);
    const judge = (value: Value): void => {
      const message = wrong(value);
      if (message !== undefined) report(value, message);
    };
    spec.try(() => {
      if (shared.exists) judge(shared);
    });
    eachContainer(spec, (container) => {
      const own = container.key("securityContext").key(property);
      if (own.exists) judge(own);
      // A wrong value of the pod was reported once, where it stands.
      else if (!shared.exists) report(own, missing);
    });
  });
}

/** A check that does not hold for some pods. They are told apart only where something is wrong: the others need no telling. */
export function except(exempt: (spec: Value) => boolean, check: ResourceRule["check"]): ResourceRule["check"] {
  return (resource, report) =>
    check(resource, (where, message) => {
      if (!exempt(podSpec(resource))) report(where, message);
    });
}

/** Pods for Windows nodes: these settings exist on Linux only, and the API server refuses them there (since v1.25). */
export function onWindows(spec: Value): boolean {
  return spec.at("os.name").text === "windows";
}

/** Pods in a user namespace: their root is nobody on the node (since v1.35). */
export function inUserNamespace(spec: Value): boolean {
  return spec.key("hostUsers").flag === false;
}
