/** Places in the rendered files that several defaults arrive in. */
import { byName } from "../facts.ts";
import { at, type Rendered } from "../rendered.ts";

export type Read = (rendered: Rendered) => unknown;

/** A value of the one resource of that type and name. */
export function prop(type: string, name: string | RegExp, path: string): Read {
  return (p) => at(p.one(type, name).props, path);
}

/** Whether there is such a resource. */
export function exists(type: string, name?: string | RegExp): Read {
  return (p) => p.all(type, name).length > 0;
}

export function count(type: string, name?: string | RegExp): Read {
  return (p) => p.all(type, name).length;
}

/** Deployment and autoscaler of the color that is live where all defaults are changed; the other one is drained there. */
export const APP = "app-green";

export function container(path: string): Read {
  return prop("Deployment", APP, `spec.template.spec.containers[0].${path}`);
}

/** A variable of the application's ConfigMap. */
export function setting(name: string): Read {
  return prop("ConfigMap", "release-blue-config", `data.${name}`);
}

export function schedule(job: string): Read {
  return prop("CronJob", job, "spec.schedule");
}

/** A variable of a scheduled job's container. */
export function jobVariable(job: string, name: string): Read {
  return (p) => byName(at(p.one("CronJob", job).props, "spec.jobTemplate.spec.template.spec.containers[0].env"))[name];
}

/** Lines of the node configuration that the launch template hands to a node. */
export function kubelet(name: string): Read {
  return (p) => {
    const userData = Buffer.from(String(p.one("aws:ec2/launchTemplate:LaunchTemplate", "cluster-nodes-general").props["userData"]), "base64").toString("utf8");
    return new RegExp(`${name}: (\\S+)`).exec(userData)?.[1];
  };
}

export function chart(name: string, path: string): Read {
  return prop("kubernetes:helm.sh/v4:Chart", name, path);
}

/** Version of an EKS add-on; undefined when the stack installs none. */
export function addon(name: string): Read {
  return (p) => p.all("aws:eks/addon:Addon").map((r) => r.props).find((props) => props["addonName"] === name)?.["addonVersion"];
}
