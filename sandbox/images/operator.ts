/** Images of Prometheus, its operator with the reloader that this puts beside it, and exporters: static programs of their Go modules. */
import { CONFIG_RELOADER_TOOL, KUBE_STATE_TOOL, NODE_EXPORTER_TOOL, POSTGRES_EXPORTER_TOOL, PROMETHEUS_OPERATOR, PROMETHEUS_OPERATOR_TOOL, PROMETHEUS_TOOL, PROMETHEUS_VERSION } from "../cluster/tools.ts";
import { ensureGoTool, ensureGoTools, type GoToolOptions, type GoToolSpec } from "../engine/goTool.ts";
import { type Image, makeImage } from "./archive.ts";
import { RootFs } from "./rootFs.ts";

export interface OperatorImages {
  operator: Image;
  reloader: Image;
}

/** @throws UserError when they can not be built */
export async function operatorImages(options: GoToolOptions = {}): Promise<OperatorImages> {
  const [operator = "", reloader = ""] = await ensureGoTools([PROMETHEUS_OPERATOR_TOOL, CONFIG_RELOADER_TOOL], options);
  const { version } = PROMETHEUS_OPERATOR;
  return { operator: await programImage(PROMETHEUS_OPERATOR_TOOL.name, version, operator, 8080), reloader: await programImage(CONFIG_RELOADER_TOOL.name, version, reloader, 8080) };
}

/** Prometheus on port 9090; its arguments say where its configuration and data are. @throws UserError when it can not be built */
export async function prometheusImage(options: GoToolOptions = {}): Promise<Image> {
  return programImage(PROMETHEUS_TOOL.name, PROMETHEUS_VERSION, await ensureGoTool(PROMETHEUS_TOOL, options), 9090);
}

/** kube-state-metrics on port 8080, and the exporters of nodes (9100) and PostgreSQL (9187). @throws UserError when they can not be built */
export async function builtExporterImages(options: GoToolOptions = {}): Promise<Record<"kubeState" | "node" | "postgres", Image>> {
  const made = async (tool: GoToolSpec, port: number): Promise<Image> => programImage(tool.name.replaceAll("_", "-"), tool.version, await ensureGoTool(tool, options), port);
  const [kubeState, node, postgres] = await Promise.all([made(KUBE_STATE_TOOL, 8080), made(NODE_EXPORTER_TOOL, 9100), made(POSTGRES_EXPORTER_TOOL, 9187)]);
  return { kubeState, node, postgres };
}

async function programImage(name: string, version: string, program: string, port: number): Promise<Image> {
  return makeImage({ reference: `sandbox.local/${name}:${version}`, layers: [await new RootFs().copy(`/bin/${name}`, program, { mode: 0o755 })], entrypoint: [`/bin/${name}`], ports: [port] });
}
