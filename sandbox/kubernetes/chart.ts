/**
 * `kubernetes:helm.sh/v4:Chart` without Helm and without a registry: the chart is declared and checked, but not
 * expanded into its objects. Its component resource carries the arguments, so that reports can name every chart
 * that nobody has looked into.
 */
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import resourceService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourcePb from "@pulumi/pulumi/proto/resource_pb.js";
import type providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { isObject, isUnknown, plain, type Plain, type PlainObject, type ValueObject } from "../aws/values.ts";
import { encode } from "../aws/wire.ts";
import { dnsLabel } from "./rules/syntax.ts";
import { checkSchema, type Finding } from "./schema/check.ts";

export const CHART = "kubernetes:helm.sh/v4:Chart";
export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Exact versions only: a range would render differently next month. */
const VERSION = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** What is wrong with the arguments of a chart or a release. */
export function chartFindings(token: string, args: ValueObject): Finding[] {
  const found: Finding[] = [];
  const report = (path: string, reason: string): void => { found.push({ path, reason }); };
  checkSchema({ group: "helm.sh", version: "", kind: token.split(":").at(-1) ?? "", apiVersion: "helm.sh", patch: false, custom: false, token }, args, report);
  if (found.length > 0) return found;
  const given = plain(args);
  checkSource(given, report);
  const { version, namespace } = given;
  if (isBlank(version)) report("version", "required here: give the exact version of the chart");
  else if (typeof version === "string" && !VERSION.test(version)) report("version", `"${version}" is no exact version, such as 1.2.3`);
  if (isBlank(namespace)) report("namespace", "required here: give the namespace that the chart goes into");
  else if (typeof namespace === "string" && dnsLabel(namespace) !== undefined) report("namespace", dnsLabel(namespace) ?? "");
  return found;
}

function checkSource(args: PlainObject, report: (path: string, reason: string) => void): void {
  const { chart } = args;
  if (typeof chart !== "string") return;
  const repo = isObject(args["repositoryOpts"]) ? (args["repositoryOpts"])["repo"] : undefined;
  const oci = /^oci:\/\/[^/\s]+(\/[^/\s:@]+)+(:[^/\s@]+)?(@sha256:[0-9a-f]{64})?$/;
  if (chart.trim() === "") report("chart", "required and not given");
  else if (chart.startsWith("oci://")) {
    if (!oci.test(chart)) report("chart", `"${chart}" is no chart address; write oci://host/path/name`);
    if (!isBlank(repo)) report("repositoryOpts.repo", "does not go with an oci:// chart");
  } else if (/^[a-z0-9][a-z0-9._-]*$/i.test(chart) && isBlank(repo)) {
    report("repositoryOpts.repo", `required for the chart "${chart}", which is named without its place; or write oci://host/path/name`);
  }
  if (typeof repo === "string" && !/^https?:\/\/[^\s/]+/.test(repo)) report("repositoryOpts.repo", `"${repo}" is no address of a repository; write https://host/path`);
}

function isBlank(value: Plain | undefined): boolean {
  return !isUnknown(value) && (value === undefined || value === null || value === "");
}

/** Registers the chart's component with the engine and returns its URN. */
export async function declareChart(req: providerPb.ConstructRequest, args: ValueObject): Promise<{ urn: string; state: ValueObject }> {
  const monitor = new resourceService.ResourceMonitorClient(req.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const request = new resourcePb.RegisterResourceRequest();
    request.setType(req.getType());
    request.setName(req.getName());
    request.setParent(req.getParent());
    request.setCustom(false);
    request.setObject(encode(args));
    request.setAcceptsecrets(true);
    request.setDependenciesList(req.getDependenciesList());
    request.setAliasesList(req.getAliasesList());
    const protect = req.getProtect();
    if (protect !== undefined) request.setProtect(protect);
    req.getProvidersMap().forEach((provider, pkg) => { request.getProvidersMap().set(pkg, provider); });
    const register = promisify<resourcePb.RegisterResourceRequest, resourcePb.RegisterResourceResponse>(monitor.registerResource.bind(monitor));
    const urn = (await register(request)).getUrn();
    const state: ValueObject = { resources: [] };
    const outputs = new resourcePb.RegisterResourceOutputsRequest();
    outputs.setUrn(urn);
    outputs.setOutputs(encode({ ...args, ...state }));
    await promisify<resourcePb.RegisterResourceOutputsRequest, unknown>(monitor.registerResourceOutputs.bind(monitor))(outputs);
    return { urn, state };
  } finally {
    monitor.close();
  }
}
