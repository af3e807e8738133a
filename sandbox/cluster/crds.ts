/**
 * Definitions of custom kinds with their real schemas, read from the Go modules that their makers publish. They
 * stay in Go's module cache; nothing of them is copied into this repository.
 */
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import type { ApiClient } from "./client.ts";
import { ARGO_ROLLOUTS, PROMETHEUS_OPERATOR } from "./tools.ts";

interface CrdSource {
  groups: readonly string[];
  module: string;
  version: string;
  folder: string;
}

/** Where the kinds of each API group are defined. */
const SOURCES: readonly CrdSource[] = [
  { groups: ["monitoring.coreos.com"], ...PROMETHEUS_OPERATOR, folder: "example/prometheus-operator-crd" },
  { groups: ["argoproj.io"], ...ARGO_ROLLOUTS, folder: "manifests/crds" },
  { groups: ["cert-manager.io", "acme.cert-manager.io"], module: "github.com/cert-manager/cert-manager", version: "v1.21.2", folder: "deploy/crds" },
  { groups: ["external-secrets.io", "generators.external-secrets.io"], module: "github.com/external-secrets/external-secrets", version: "v1.3.2", folder: "config/crds/bases" },
  // v1.7.0 asks for Go 1.27, with which an older Go does not even unpack it.
  { groups: ["gateway.networking.k8s.io"], module: "sigs.k8s.io/gateway-api", version: "v1.6.3", folder: "config/crd/standard" },
];

/**
 * Groups whose definitions no Go module proxy serves, with the reason to show: their objects are reported as not
 * checked. (Tried: github.com/nginx/kubernetes-ingress with and without major versions, and its former path.)
 */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  "k8s.nginx.org": "the definitions of F5's NGINX Ingress Controller are not served as a Go module",
};

const DOWNLOAD_MS = 300_000;
const ESTABLISHED_MS = 30_000;

/** Why objects of the group can not be checked; nothing when they can. */
export function whyUnavailable(group: string): string | undefined {
  if (SOURCES.some((source) => source.groups.includes(group))) return undefined;
  return UNAVAILABLE[group] ?? `no source of the group's definitions is known (sandbox/cluster/crds.ts)`;
}

/**
 * Installs the kind and waits until the server serves it.
 *
 * @returns false when the group's makers define no such kind
 */
export async function installCrd(client: ApiClient, group: string, kind: string): Promise<boolean> {
  const source = SOURCES.find((s) => s.groups.includes(group));
  const definition = source === undefined ? undefined : (await read(source)).find((crd) => crd.group === group && crd.kind === kind);
  if (source === undefined || definition === undefined) return false;
  const address = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.name}`;
  const answer = await client.apply(`${address}?fieldManager=golive&force=true`, definition.text);
  if (answer.status >= 300) throw new UserError(`The definition ${definition.name} of ${source.module} ${source.version} was refused.`, JSON.stringify(answer.body));
  await established(client, address, definition.name);
  return true;
}

/**
 * Installs every kind of the group, as a controller wants them all before it starts.
 *
 * @throws UserError when the group's makers define none
 */
export async function installGroup(client: ApiClient, group: string): Promise<void> {
  const source = SOURCES.find((s) => s.groups.includes(group));
  const kinds = source === undefined ? [] : (await read(source)).filter((crd) => crd.group === group).map(({ kind }) => kind);
  if (kinds.length === 0) throw new UserError(`No definitions of ${group} are known.`, "Add their source to sandbox/cluster/crds.ts.");
  await Promise.all(kinds.map((kind) => installCrd(client, group, kind)));
}

interface Definition {
  name: string;
  group: string;
  kind: string;
  /** The document as published: sent as it is, since parsing these takes seconds (up to 1 MB each). */
  text: string;
}

const definitions = new Map<CrdSource, Promise<Definition[]>>();

function read(source: CrdSource): Promise<Definition[]> {
  const known = definitions.get(source) ?? readAll(source);
  definitions.set(source, known);
  return known;
}

/** Generated files all have the same layout, so three lines tell what a document defines. */
async function readAll(source: CrdSource): Promise<Definition[]> {
  const folder = path.join(await moduleFolder(source), source.folder);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")));
  const found = texts.flatMap((text) => text.split(/^---$/m)).filter((text) => /^kind: CustomResourceDefinition$/m.test(text)).map((text) => ({
    name: /^ {2}name: "?([\w.-]+)"?$/m.exec(text)?.[1] ?? "",
    group: /^ {2}group: "?([\w.-]+)"?$/m.exec(text)?.[1] ?? "",
    kind: /^ {4}kind: "?(\w+)"?$/m.exec(text)?.[1] ?? "",
    text,
  }));
  const odd = found.find((crd) => crd.name === "" || crd.group === "" || crd.kind === "");
  if (found.length === 0 || odd !== undefined) throw new UserError(`${source.module} ${source.version} has no definitions in ${source.folder} that can be read.`, "Its layout has changed: mend sandbox/cluster/crds.ts.");
  return found;
}

/** The module's folder in Go's cache, downloaded when it is not there; Go checks it against its checksum database. */
async function moduleFolder(source: CrdSource): Promise<string> {
  const name = `${source.module}@${source.version}`;
  try {
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", name], { cwd: tmpdir(), timeout: DOWNLOAD_MS });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new UserError(`The Go module ${name} can not be had.`, `Check Go and GOPROXY (\`go env GOPROXY\`). Go says:\n  ${said.trim()}`, 1, { cause: error });
  }
}

async function established(client: ApiClient, address: string, name: string): Promise<void> {
  const until = Date.now() + ESTABLISHED_MS;
  for (;;) {
    const { body } = await client.get(address);
    const conditions = (body as { status?: { conditions?: { type: string; status: string; message?: string }[] } }).status?.conditions ?? [];
    if (conditions.some((c) => c.type === "Established" && c.status === "True")) return;
    if (Date.now() > until) throw new UserError(`The definition ${name} was not established after ${ESTABLISHED_MS / 1000} s.`, JSON.stringify(conditions));
    await delay(50);
  }
}
