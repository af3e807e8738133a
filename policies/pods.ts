/** Pods, in whatever object they are declared: where the template is, and which containers it has. */
import type { Resource } from "./resource.ts";
import type { Value } from "./value.ts";

/** Where the kinds of {@link POD_CARRIERS} hold what is a pod's metadata and specification; the others in `spec.template`. */
const TEMPLATES: Readonly<Record<string, string>> = {
  "k8s:core:Pod": "",
  "k8s:core:PodTemplate": "template",
  "k8s:batch:CronJob": "spec.jobTemplate.spec.template",
};

/** The place with the `metadata` and the `spec` of the pods that a resource of {@link POD_CARRIERS} makes; nothing is read yet. */
export function podTemplate(resource: Resource): Value {
  return resource.at(TEMPLATES[resource.kind.kind] ?? "spec.template");
}

/** The place of the specification of the pods that a resource of {@link POD_CARRIERS} makes; nothing is read yet. */
export function podSpec(resource: Resource): Value {
  return podTemplate(resource).key("spec");
}

/** The lists of a pod's containers, in the order in which Kubernetes looks at them. */
export const CONTAINER_KINDS = ["initContainers", "containers", "ephemeralContainers"] as const;

export type ContainerKind = (typeof CONTAINER_KINDS)[number];

/**
 * Looks at each container of a pod's specification, of all kinds or of those named. What can not be decided of one
 * container, or of one list, does not hide the next.
 */
export function eachContainer(spec: Value, look: (container: Value, kind: ContainerKind) => void, kinds: readonly ContainerKind[] = CONTAINER_KINDS): void {
  for (const kind of kinds) spec.try(() => spec.key(kind).each((container) => look(container, kind)));
}

/** The containers of a pod's specification; a list that is not known counts as not decided, and the others are returned. */
export function containers(spec: Value, kinds: readonly ContainerKind[] = CONTAINER_KINDS): { value: Value; kind: ContainerKind }[] {
  const found: { value: Value; kind: ContainerKind }[] = [];
  eachContainer(spec, (value, kind) => found.push({ value, kind }), kinds);
  return found;
}
