/** The provider's own configuration. */
import { distance, closest } from "fastest-levenshtein";
import { parse } from "yaml";
import { hasUnknown, isObject, isUnknown, plain, type PlainObject, type ValueObject } from "../aws/values.ts";

export interface ProviderConfig {
  /** Namespace of objects that name none: the provider's, the kubeconfig context's, or `default`. */
  namespace: string;
  enableServerSideApply: boolean;
  enableSecretMutable: boolean;
  enableConfigMapMutable: boolean;
  renderMode: boolean;
  /** Text or path of a kubeconfig; absent while the cluster that it leads to is not made yet. */
  kubeconfig?: string;
  context?: string;
  cluster?: string;
  /** Overwrite fields that others own, for every resource. */
  enablePatchForce: boolean;
  /** Take over an object that is there instead of refusing to create it. */
  upsertExistingObjects: boolean;
  /** What a cluster that does not answer means: its objects are gone, or they are as state says. */
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
}

export const DEFAULT_CONFIG: ProviderConfig = readConfig({});

/** Arguments of `kubernetes.Provider` (@pulumi/kubernetes 4.34.2, provider.d.ts). */
const KNOWN = ["alwaysRender", "cluster", "clusterIdentifier", "context", "deleteUnreachable", "enableConfigMapMutable", "enablePatchForce",
  "enableSecretMutable", "enableServerSideApply", "helmReleaseSettings", "kubeClientSettings", "kubeconfig", "namespace", "renderYamlToDirectory",
  "skipUpdateUnreachable", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "upsertExistingObjects", "version", "pluginDownloadURL"];

/** What is wrong with the configuration: by key. A kubeconfig may be unknown: its cluster may be made by the same update. */
export function checkConfig(inputs: ValueObject): { path: string; reason: string }[] {
  return Object.keys(inputs).filter((key) => !KNOWN.includes(key) && !key.startsWith("__")).map((key) => {
    const near = closest(key, KNOWN);
    return { path: key, reason: `the kubernetes provider has no setting "${key}"${distance(key, near) <= key.length / 2 ? `; did you mean "${near}"?` : ""}` };
  });
}

export function readConfig(values: ValueObject): ProviderConfig {
  const config = plain(values);
  const kubeconfig = config["kubeconfig"];
  return {
    namespace: textOf(config["namespace"]) ?? (typeof kubeconfig === "string" ? contextNamespace(kubeconfig, textOf(config["context"])) : undefined) ?? "default",
    enableServerSideApply: flag(config["enableServerSideApply"]) ?? true,
    enableSecretMutable: flag(config["enableSecretMutable"]) ?? false,
    enableConfigMapMutable: flag(config["enableConfigMapMutable"]) ?? false,
    renderMode: textOf(config["renderYamlToDirectory"]) !== undefined,
    kubeconfig: textOf(kubeconfig),
    context: textOf(config["context"]),
    cluster: textOf(config["cluster"]),
    enablePatchForce: flag(config["enablePatchForce"]) ?? false,
    upsertExistingObjects: flag(config["upsertExistingObjects"]) ?? false,
    deleteUnreachable: flag(config["deleteUnreachable"]) ?? false,
    skipUpdateUnreachable: flag(config["skipUpdateUnreachable"]) ?? false,
  };
}

/**
 * Which changed settings change the cluster, and so replace the provider (pulumi-kubernetes, provider.go
 * `DiffConfig`): a changed `clusterIdentifier`, or without one a kubeconfig that is unknown or names another cluster.
 */
export function diffConfig(olds: ValueObject, news: ValueObject): { diffs: string[]; replaces: string[] } {
  const [before, after] = [plain(olds), plain(news)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !["version", "__internal"].includes(key));
  const diffs = keys.filter((key) => hasUnknown(news[key] ?? null) || JSON.stringify(before[key] ?? null) !== JSON.stringify(after[key] ?? null));
  const [oldId, newId] = [textOf(before["clusterIdentifier"]), textOf(after["clusterIdentifier"])];
  if (newId !== undefined && newId === oldId) return { diffs, replaces: [] };
  const replaces = oldId !== undefined && newId !== undefined ? ["clusterIdentifier"] : [];
  for (const key of ["kubeconfig", "context", "cluster"]) {
    if (diffs.includes(key) && (isUnknown(after[key]) || activeCluster(before) !== activeCluster(after))) replaces.push(key);
  }
  return { diffs, replaces };
}

function activeCluster(config: PlainObject): string {
  const file = kubeconfigOf(textOf(config["kubeconfig"]) ?? "");
  const context = entry(file, "contexts", textOf(config["context"]) ?? textOf(file["current-context"]), "context");
  return JSON.stringify(entry(file, "clusters", textOf(config["cluster"]) ?? textOf(context["cluster"]), "cluster"));
}

function contextNamespace(text: string, context: string | undefined): string | undefined {
  const file = kubeconfigOf(text);
  return textOf(entry(file, "contexts", context ?? textOf(file["current-context"]), "context")["namespace"]);
}

function entry(file: Record<string, unknown>, listName: string, name: string | undefined, part: string): Record<string, unknown> {
  const items = file[listName];
  const found: unknown = Array.isArray(items) ? items.find((item: unknown) => isObject(item) && item["name"] === name) : undefined;
  const inner = isObject(found) ? found[part] : undefined;
  return isObject(inner) ? inner : {};
}

/** A path to a file, or anything that is no kubeconfig, says nothing about a cluster. */
function kubeconfigOf(text: string): Record<string, unknown> {
  try {
    const file: unknown = parse(text);
    return isObject(file) ? file : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The engine sends settings as text. */
function flag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
