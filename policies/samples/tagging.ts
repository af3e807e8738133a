/** Samples of areas/tagging.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "tagging/required-tags": {
    scene: "secrets",
    good: [
      { set: { "secret:tags": { "data-class": "secrets", owner: "payments@example.com" } } },
      { set: { "group:tags[3]": { key: "Name", value: "", propagateAtLaunch: false } } },
    ],
    bad: [
      { set: { "secret:$provider": { name: "aws", props: {} } }, at: "secret:tags" },
      { set: { "secret:$provider": { name: "aws", props: { defaultTags: JSON.stringify({ tags: { environment: "production", owner: "", "cost-center": "shop" } }) } } }, at: "secret:tags" },
      { set: { "group:tags[0]": undefined }, at: "group:tags" },
      { set: { "group:tags[0].value": "" }, at: "group:tags" },
    ],
  },
  "tagging/group-tags-propagate": {
    scene: "secrets",
    bad: [{ set: { "group:tags[0].propagateAtLaunch": false } }],
  },
  "tagging/data-class": {
    scene: "secrets",
    bad: [{ set: { "secret:tags": undefined }, at: "secret:tags.data-class" }, { set: { "secret:tags.data-class": "" } }],
  },
  "tagging/required-labels": {
    scene: "secrets",
    bad: [
      { set: { "config:metadata.labels": undefined }, at: 'config:metadata.labels["app.kubernetes.io/part-of"]' },
      { set: { 'config:metadata.labels["app.kubernetes.io/name"]': undefined } },
      { set: { 'config:metadata.labels["app.kubernetes.io/part-of"]': "" } },
    ],
  },
  "tagging/pod-labels": {
    scene: "workload",
    bad: [
      { set: { 'nightly:spec.jobTemplate.spec.template.metadata.labels["app.kubernetes.io/part-of"]': undefined } },
      { set: { 'app:spec.template.metadata.labels["app.kubernetes.io/part-of"]': "" } },
    ],
  },
};
