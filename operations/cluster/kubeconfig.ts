/**
 * Reads a kubeconfig: where the API server is, how it proves itself, and how we do. Of our own, because Kubernetes'
 * client library takes 0.6 s to load, and a rollback wants all traffic back within one.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { UserError, systemCode } from "../../sandbox/errors.ts";

/** A credential plugin may ask a person to sign in, in a browser. */
const EXEC_MS = 120_000;

/** How to reach one API server, as `https.Agent` and `https.request` take it. */
export interface Access {
  server: string;
  /** Name of the context, for messages. */
  context: string;
  tls: { ca?: string; cert?: string; key?: string; servername?: string };
  headers: Record<string, string>;
  /** When the credential ends, in milliseconds since 1970, as far as its plugin tells. */
  expires?: number;
  /** The same access with a new credential; absent where the kubeconfig holds all there is. */
  renew?: () => Promise<Access>;
}

const text = z.string().min(1);
const EXEC = z.object({ apiVersion: text, command: text, args: z.array(z.string()).nullish(), env: z.array(z.object({ name: z.string(), value: z.string() })).nullish() });
const CLUSTER = z.object({ server: text, "certificate-authority": text.optional(), "certificate-authority-data": text.optional(), "tls-server-name": text.optional(), "insecure-skip-tls-verify": z.boolean().optional(), "proxy-url": text.optional() });
const USER = z.object({
  token: text.optional(), tokenFile: text.optional(), "client-certificate": text.optional(), "client-certificate-data": text.optional(),
  "client-key": text.optional(), "client-key-data": text.optional(), exec: EXEC.optional(), "auth-provider": z.unknown().optional(), username: text.optional(),
});
const FILE = z.object({
  "current-context": z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster: CLUSTER })).default([]),
  users: z.array(z.object({ name: z.string(), user: USER })).default([]),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: text, user: text }) })).default([]),
});
type Kubeconfig = z.infer<typeof FILE>;
type Cluster = z.infer<typeof CLUSTER>;
type User = z.infer<typeof USER>;

/** Paths of the kubeconfig: of the option, of KUBECONFIG (several, first wins; those that are not there do not count), or the usual one. */
export function kubeconfigFiles(option: string | undefined, env: NodeJS.ProcessEnv = process.env): string[] {
  if (option !== undefined) return [path.resolve(option)];
  const listed = (env["KUBECONFIG"] ?? "").split(path.delimiter).filter((file) => file !== "");
  if (listed.length === 0) return [path.join(homedir(), ".kube", "config")];
  const there = listed.filter((file) => existsSync(file));
  return (listed.length > 1 && there.length > 0 ? there : listed).map((file) => path.resolve(file));
}

/**
 * Access to the cluster of the current context.
 *
 * @throws UserError when a file can not be read, names no cluster, or its credential plugin fails
 */
export async function readAccess(files: readonly string[]): Promise<Access> {
  const read = await Promise.all(files.map(readConfig));
  const context = read.map((one) => one.config["current-context"]).find((name) => name !== undefined && name !== "");
  if (context === undefined) throw new UserError(`${files.join(", ")}: no context is the current one.`, "Choose one: kubectl config use-context NAME, or name another file with --kubeconfig.");
  const found = lookUp(read, context);
  const { cluster, user } = found;
  refuseUnsafe(cluster.found, context);
  const fixed = {
    server: cluster.found.server.replace(/\/+$/, ""),
    context,
    tls: { ...(await authority(cluster.found, beside(cluster.file))), ...(await certificate(user.found, beside(user.file))) },
  };
  const identify = () => identity(user.found, context, beside(user.file));
  const access = async (): Promise<Access> => ({ ...fixed, ...(await identify()), ...(isRenewable(user.found) ? { renew: access } : {}) });
  return access();
}

/** Files that a kubeconfig names are beside it. */
function beside(kubeconfig: string): (file: string) => string {
  return (file) => path.resolve(path.dirname(kubeconfig), file);
}

/** Whether asking again may give another credential: a plugin's live minutes, and a token's file is written anew. */
function isRenewable(user: User): boolean {
  return user.token === undefined && (user.tokenFile !== undefined || user.exec !== undefined);
}

interface Read {
  file: string;
  config: Kubeconfig;
}

async function readConfig(file: string): Promise<Read> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`The kubeconfig ${file} can not be read (${systemCode(error) ?? "unknown"}).`, "Name one with --kubeconfig or KUBECONFIG; for EKS the stack's output kubeconfigCommand writes it.", 1, { cause: error });
  }
  const parsed = FILE.safeParse(parsedYaml(content, file));
  if (parsed.success) return { file, config: parsed.data };
  const [issue] = parsed.error.issues;
  throw new UserError(`${file} is no kubeconfig: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}.`, "Write it anew, for example with the stack's output kubeconfigCommand.", 1, { cause: parsed.error });
}

function parsedYaml(content: string, file: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    throw new UserError(`${file} is no YAML: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`, "Write it anew, for example with the stack's output kubeconfigCommand.", 1, { cause: error });
  }
}

interface Found<T> {
  file: string;
  found: T;
}

/** Each part may be in another file. */
function lookUp(read: readonly Read[], context: string): { cluster: Found<Cluster>; user: Found<User> } {
  const find = <T extends { name: string }>(kind: string, name: string, list: (config: Kubeconfig) => readonly T[]): Found<T> => {
    for (const { file, config } of read) {
      const found = list(config).find((entry) => entry.name === name);
      if (found !== undefined) return { file, found };
    }
    throw new UserError(`The kubeconfig has no ${kind} ${JSON.stringify(name)}, which the context ${JSON.stringify(context)} names.`, "Choose another context (kubectl config get-contexts), or write the kubeconfig anew.");
  };
  const { found } = find("context", context, (config) => config.contexts);
  const cluster = find("cluster", found.context.cluster, (config) => config.clusters);
  const user = find("user", found.context.user, (config) => config.users);
  return { cluster: { file: cluster.file, found: cluster.found.cluster }, user: { file: user.file, found: user.found.user } };
}

/** Whoever answers in the cluster's place would be told where traffic goes. */
function refuseUnsafe(cluster: Cluster, context: string): void {
  if (cluster["insecure-skip-tls-verify"] === true) throw new UserError(`The context ${JSON.stringify(context)} does not check who answers (insecure-skip-tls-verify).`, "Give the cluster's certificate-authority-data instead.");
  if (cluster["proxy-url"] !== undefined) throw new UserError(`The context ${JSON.stringify(context)} goes through a proxy (proxy-url), which this command can not.`, "Run it where the API server is reached directly: on the runner, or through the VPN.");
}

async function authority(cluster: Cluster, at: (file: string) => string): Promise<Access["tls"]> {
  const ca = await material(cluster["certificate-authority-data"], cluster["certificate-authority"], at);
  const name = cluster["tls-server-name"];
  return { ...(ca === undefined ? {} : { ca }), ...(name === undefined ? {} : { servername: name }) };
}

async function certificate(user: User, at: (file: string) => string): Promise<Access["tls"]> {
  const [cert, key] = await Promise.all([material(user["client-certificate-data"], user["client-certificate"], at), material(user["client-key-data"], user["client-key"], at)]);
  return { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

async function material(data: string | undefined, file: string | undefined, at: (file: string) => string): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return file === undefined ? undefined : readOwn(at(file));
}

async function readOwn(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file}, which the kubeconfig names, can not be read (${systemCode(error) ?? "unknown"}).`, "Write the kubeconfig anew.", 1, { cause: error });
  }
}

async function identity(user: User, context: string, at: (file: string) => string): Promise<Pick<Access, "headers" | "expires">> {
  if (user["auth-provider"] !== undefined || user.username !== undefined) throw new UserError(`The user of context ${JSON.stringify(context)} signs in by ${user.username === undefined ? "an auth-provider" : "a password"}, which Kubernetes has given up.`, "Use a token, a client certificate or a credential plugin (exec).");
  const token = user.token ?? (user.tokenFile === undefined ? undefined : (await readOwn(at(user.tokenFile))).trim());
  if (token === undefined && user.exec !== undefined) return pluginIdentity(user.exec, context);
  return { headers: token === undefined ? {} : bearer(token) };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

const CREDENTIAL = z.object({ status: z.object({ token: text, expirationTimestamp: z.iso.datetime({ offset: true }).optional() }) });

/** Runs a credential plugin, as `aws eks get-token` is one (client.authentication.k8s.io/v1, ExecCredential). */
async function pluginIdentity({ apiVersion, command, args, env }: z.infer<typeof EXEC>, context: string): Promise<Pick<Access, "headers" | "expires">> {
  const variables = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
  const request = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
  try {
    const { stdout } = await promisify(execFile)(command, args ?? [], { env: { ...process.env, ...variables, KUBERNETES_EXEC_INFO: request }, timeout: EXEC_MS });
    const { token, expirationTimestamp } = CREDENTIAL.parse(JSON.parse(stdout)).status;
    return { headers: bearer(token), ...(expirationTimestamp === undefined ? {} : { expires: Date.parse(expirationTimestamp) }) };
  } catch (error) {
    // What it says may be of use, what it prints is a credential.
    const said = typeof error === "object" && error !== null && "stderr" in error ? String(error.stderr).trim() : "";
    throw new UserError(`The credential plugin of context ${JSON.stringify(context)} failed: ${command} ${(args ?? []).join(" ")}`, said === "" ? `It must print an ExecCredential with status.token (${systemCode(error) ?? "it did not"}).` : said, 1, { cause: error });
  }
}
