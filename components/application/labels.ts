/** Labels that every object in the cluster carries (Kubernetes documentation, "Recommended labels"). */

/** The two colors of a release; which one is live, the live Service says. */
export const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

export function otherColor(color: Color): Color {
  return color === "blue" ? "green" : "blue";
}

/** `instance` tells copies of one thing apart, such as `app-blue` and `app-green`; `partOf` is the application's name. */
export function standardLabels(name: string, instance: string, component: string, partOf: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": instance,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": partOf,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** Labels by which the API server holds a namespace to the restricted pod security standard. */
export const RESTRICTED_NAMESPACE: Record<string, string> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

/** Labels of the application's pods without the color. */
export function podLabels(args: { name: string; prefix: string }): Record<string, string> {
  return { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": "app", "app.kubernetes.io/part-of": args.prefix, "app.kubernetes.io/managed-by": "pulumi" };
}

/** Labels of one color: what selectors name. They never change, because a changed selector replaces the Deployment. */
export function colorSelector(args: { name: string }, color: Color): Record<string, string> {
  return { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": "app", "app.kubernetes.io/instance": `app-${color}`, color };
}
