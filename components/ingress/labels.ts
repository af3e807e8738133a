/** Labels of the ingress's objects. */
import { standardLabels } from "../application/labels.ts";
import type { IngressArgs } from "./index.ts";

/** Labels of what belongs to NGINX. */
export function labelsOf(args: IngressArgs): Record<string, string> {
  return standardLabels("nginx-ingress", "nginx-ingress", "ingress", args.prefix);
}
