/** Helm charts: what they bring is as fixed as the chart itself. */
import { isPinned } from "../imageNames.ts";
import { type Rule, shown } from "../rule.ts";

const CHARTS = ["k8s:helm.sh:Chart", "k8s:helm.sh:Release"];

/** A version that means one chart: all three numbers, no range. */
const EXACT = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;
/** A chart that lies beside the program, or a package whose name holds the version. */
const FILE = /^(\.{0,2}\/|file:)|\.tgz$/;

/** What fetches a package in the cluster or in the provider, and makes objects of it. */
const UNSEEN = ["k8s:helm.sh:Release", "k8s:helm.toolkit.fluxcd.io:HelmRelease", "k8s:kustomize.toolkit.fluxcd.io:Kustomization", "k8s:argoproj.io:Application", "k8s:argoproj.io:ApplicationSet", "k8s:helm.cattle.io:HelmChart"];

export const charts: Rule[] = [
  {
    id: "images/packages-seen",
    title: "Packages are rendered here, where their objects are judged",
    items: ["image-registries", "image-digests", "pod-security", "rbac"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A Release renders in the provider, and a Flux or Argo application in the cluster: no preview shows what comes of it, so a privileged pod or a role over everything passes every rule.",
    mend: "Declare a `helm.v4.Chart`, whose objects are resources of the stack; for a package that must be installed otherwise read what it renders, and write an exemption by design.",
    kinds: ["k8s:helm.sh:Chart", ...UNSEEN],
    check: (one, report) => {
      if (one.is(...UNSEEN)) report(one, "makes objects that no preview shows, so no rule has judged them");
    },
  },
  {
    id: "images/chart-version",
    title: "A chart is of one version",
    items: ["image-digests"],
    severity: "high",
    frameworks: [],
    why: "Without a version, or with a range, the next update installs what the chart's authors published since: other images, other rights, on a day when nobody meant to change them.",
    mend: "Set `version` to one version such as `2.3.1`, or name an OCI chart by its digest; leave `devel` out.",
    kinds: CHARTS,
    // The chart component of the provider's third version declares its inputs to nobody.
    applies: (chart) => chart.at("chart").exists,
    check: (chart, report) => {
      chart.try(() => {
        const source = chart.at("chart").text ?? "";
        const version = chart.at("version");
        if (!isPinned(source) && !FILE.test(source) && !EXACT.test(version.text ?? "")) report(version, `is ${shown(version)}, must be one version such as 2.3.1`);
      });
      const devel = chart.at("devel");
      if (devel.flag === true) report(devel, "is true, which takes versions that are not released");
    },
  },
  {
    id: "images/chart-transport",
    title: "A chart is fetched by TLS",
    items: ["image-registries", "encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "Who stands between the pipeline and a plain-HTTP repository answers with a chart of his own, and it is installed with the rights of the pipeline.",
    mend: "Write `https://` or `oci://` in `chart` and `repositoryOpts.repo`, and leave `plainHttp` out.",
    kinds: CHARTS,
    check: (chart, report) => {
      for (const path of ["chart", "repositoryOpts.repo"]) {
        chart.try(() => {
          const source = chart.at(path);
          if (/^http:/i.test(source.text ?? "")) report(source, `is ${shown(source)}, must be fetched by https`);
        });
      }
      const plain = chart.at("plainHttp");
      if (plain.flag === true) report(plain, "is true, must be fetched by https");
    },
  },
];
