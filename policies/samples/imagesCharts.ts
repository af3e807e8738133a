/** Samples of areas/imagesCharts.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "images/packages-seen": {
    scene: "registry",
    good: [{ set: { "chart:$type": "kubernetes:helm.sh/v3:Chart" } }],
    bad: [
      { set: { "chart:$type": "kubernetes:helm.sh/v3:Release" }, at: "chart:" },
      ...["helm.toolkit.fluxcd.io/v2:HelmRelease", "kustomize.toolkit.fluxcd.io/v1:Kustomization", "argoproj.io/v1alpha1:Application", "argoproj.io/v1alpha1:ApplicationSet", "helm.cattle.io/v1:HelmChart"]
        .map((type) => ({ add: [{ type: `kubernetes:${type}`, name: "package", props: { metadata: { name: "package", namespace: "shop" } } }], at: "package:" })),
    ],
  },
  "images/chart-version": {
    scene: "registry",
    good: [
      { set: { "chart:version": "v2.3.1-rc.1+build.7" } },
      { set: { "chart:chart": "oci://ghcr.io/nginx/charts/nginx-ingress@sha256:2626fa35271ccabad5a78f5287618e2cf2b7cccb5c69a3253db747206ac045bf", "chart:version": undefined } },
      { set: { "chart:chart": "./charts/nginx-ingress", "chart:version": undefined } },
      { set: { "chart:chart": "/srv/charts/nginx-ingress", "chart:version": undefined } },
      { set: { "chart:chart": "https://example.com/charts/nginx-ingress-2.3.1.tgz", "chart:version": undefined } },
      { set: { "chart:$type": "kubernetes:helm.sh/v3:Chart", "chart:chart": undefined, "chart:version": undefined } },
    ],
    bad: [
      { set: { "chart:version": undefined } },
      { set: { "chart:version": "^2.3.1" } },
      { set: { "chart:version": "2.3" } },
      { set: { "chart:version": "2.3.x" } },
      { set: { "chart:version": "2.3.1 || 2.4.0" } },
      { set: { "chart:devel": true } },
      { set: { "chart:$type": "kubernetes:helm.sh/v3:Release", "chart:version": ">=2.3.1" }, at: "chart:version", also: ["images/packages-seen"] },
      { set: { "chart:chart": "oci://ghcr.io/nginx/charts/nginx-ingress@sha256:26", "chart:version": undefined }, at: "chart:version" },
    ],
  },
  "images/chart-transport": {
    scene: "registry",
    good: [{ set: { "chart:chart": "nginx-ingress", "chart:repositoryOpts": { repo: "https://charts.example.com" } } }],
    bad: [
      { set: { "chart:repositoryOpts": { repo: "http://charts.example.com" } }, at: "chart:repositoryOpts.repo" },
      { set: { "chart:chart": "HTTP://charts.example.com/nginx-ingress-2.3.1.tgz" } },
      { set: { "chart:plainHttp": true } },
      { set: { "chart:$type": "kubernetes:helm.sh/v3:Release", "chart:repositoryOpts": { repo: "http://charts.example.com" } }, at: "chart:repositoryOpts.repo", also: ["images/packages-seen"] },
    ],
  },
};
