/** Tags and labels: whose a thing is, what it costs, and what kind of data it holds. */
import { HOLDERS } from "../dataKinds.ts";
import { POD_CARRIERS } from "../kinds.ts";
import { podTemplate } from "../pods.ts";
import type { Resource } from "../resource.ts";
import type { Report, Rule } from "../rule.ts";
import { TAGGABLE } from "../taggable.ts";
import { any, type Value } from "../value.ts";

const GROUP = "aws:autoscaling:Group";

/** A place that says something: not nothing, not an empty text. */
function says(place: Value): boolean {
  return place.exists && place.text !== "";
}

/** Whether a resource bears a tag: its own, or one that its provider gives to all. An Auto Scaling group lists its own. */
function bears(resource: Resource, key: string): boolean {
  if (resource.is(GROUP)) return resource.at("tags").items.some((tag) => tag.key("key").text === key && says(tag.key("value")));
  return any([resource.at("tags"), resource.at("tagsAll"), resource.provider.at("defaultTags").json.at("tags")].map((tags) => () => says(tags.key(key))));
}

function requireTags(resource: Resource, report: Report): void {
  for (const key of resource.settings.requiredTags) {
    resource.try(() => {
      if (!bears(resource, key)) report(resource.at("tags"), `has no tag "${key}", must have one on the resource or as default of the provider`);
    });
  }
}

/** Machines of a group have the group's tags only where it says so. */
function propagate(group: Resource, report: Report): void {
  group.at("tags").each((tag) => {
    const place = tag.key("propagateAtLaunch");
    if (group.settings.requiredTags.includes(tag.key("key").text ?? "") && place.flag !== true) report(place, "is false, must be true: the machines cost, not the group");
  });
}

/** Kubernetes objects that somebody looks for by label: what runs, what leads to it, and what it is given. */
const LABELED = [
  ...POD_CARRIERS,
  "k8s:core:Namespace", "k8s:core:Service", "k8s:core:ConfigMap", "k8s:core:Secret", "k8s:core:ServiceAccount", "k8s:core:PersistentVolumeClaim",
  "k8s:networking:Ingress", "k8s:networking:NetworkPolicy", "k8s:autoscaling:HorizontalPodAutoscaler", "k8s:policy:PodDisruptionBudget",
];

function requireLabels(metadata: Value, required: readonly string[], report: Report): void {
  const labels = metadata.at("labels");
  for (const key of required) {
    labels.try(() => {
      if (!says(labels.key(key))) report(labels.key(key), "is not set");
    });
  }
}

export const rules: Rule[] = [
  {
    id: "tagging/required-tags",
    title: "Every AWS resource says whose it is",
    items: ["tags"],
    severity: "medium",
    frameworks: [],
    why: "At three in the morning nobody knows whether the machine that burns money may be stopped, or whom to ask.",
    mend: "Set `defaultTags` on the aws provider, or `tags` on the resource.",
    kinds: ["aws:*"],
    applies: (resource) => TAGGABLE.has(resource.kind.kind),
    check: requireTags,
  },
  {
    id: "tagging/group-tags-propagate",
    title: "Machines bear the tags of their group",
    items: ["tags"],
    severity: "low",
    frameworks: [],
    why: "The bill and the inventory list machines; a group's tags are on the group alone unless they are handed on.",
    mend: "Set `propagateAtLaunch: true` on the required tags.",
    kinds: [GROUP],
    check: propagate,
  },
  {
    id: "tagging/data-class",
    title: "What holds data says what kind of data",
    items: ["tags"],
    severity: "medium",
    frameworks: [],
    why: "Who asks for erasure, or must report a leak within 72 hours, has to find every store of personal data; a name does not tell.",
    mend: "Set the tag `data-class` on the resource itself; a default of the provider would give the same class to all.",
    kinds: HOLDERS,
    applies: (resource) => TAGGABLE.has(resource.kind.kind),
    check: (resource, report) => {
      const place = resource.at("tags").key("data-class");
      if (!says(place)) report(place, "is not set");
    },
  },
  {
    id: "tagging/required-labels",
    title: "Every Kubernetes object says what it belongs to",
    items: ["labels"],
    severity: "medium",
    frameworks: [],
    why: "Dashboards, alerts, selectors and `kubectl -l` find objects by label; what has none is found by nobody in an incident.",
    mend: "Set the required labels in `metadata.labels`.",
    kinds: LABELED,
    check: (object, report) => requireLabels(object.at("metadata"), object.settings.requiredLabels, report),
  },
  {
    id: "tagging/pod-labels",
    title: "Pods bear the required labels",
    items: ["labels"],
    severity: "medium",
    frameworks: [],
    why: "Labels of a Deployment do not reach its pods: metrics, logs and network policies see the pods only.",
    mend: "Set the required labels in the template's `metadata.labels` too.",
    kinds: POD_CARRIERS.filter((kind) => kind !== "k8s:core:Pod"),
    check: (carrier, report) => requireLabels(podTemplate(carrier).at("metadata"), carrier.settings.requiredLabels, report),
  },
];
