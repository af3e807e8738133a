/** Where the cluster of a provider's `kubeconfig` setting is, and how to be let in. */
import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { isAbsolute } from "node:path";
import { parse } from "yaml";
import { UnreachableError, messageOf } from "./errors.ts";
import { isRecord, listAt, textAt, type JsonObject } from "./json.ts";

/** TLS material and headers of one request; asked for each time, since tokens run out. */
export type Credentials = () => Promise<RequestOptions>;

export interface Target {
  server: URL;
  credentials: Credentials;
}

export interface KubeconfigSettings {
  /** Text of a kubeconfig, or the path of a file that holds it. */
  kubeconfig: string;
  /** Another context than the current one. */
  context?: string;
  /** Another cluster than the context's. */
  cluster?: string;
}

/** @throws UnreachableError when the setting leads to no cluster, saying what is missing */
export function targetOf(settings: KubeconfigSettings): Target {
  const text = textOf(settings.kubeconfig);
  const file = parsed(text);
  const contextName = settings.context ?? textAt(file, "current-context");
  const context = entry(file, "contexts", contextName, "context");
  const cluster = entry(file, "clusters", settings.cluster ?? textAt(context, "cluster"), "cluster");
  const user = userOf(file, textAt(context, "user"));
  const server = textAt(cluster, "server");
  if (!URL.canParse(server)) throw new UnreachableError(`its kubeconfig names no server address ("${server}")`);
  const foreign = ["exec", "auth-provider"].some((key) => user[key] !== undefined) || textAt(cluster, "proxy-url") !== "";
  return { server: new URL(server), credentials: foreign ? byLibrary(text, contextName) : byHand(cluster, user) };
}

function textOf(setting: string): string {
  const looksLikePath = !setting.includes("\n") && !setting.trimStart().startsWith("{") && (isAbsolute(setting) || !setting.includes(": "));
  if (!looksLikePath) return setting;
  try {
    return readFileSync(setting, "utf8");
  } catch (error) {
    throw new UnreachableError(`its kubeconfig file can not be read: ${messageOf(error)}`, { cause: error });
  }
}

function parsed(text: string): JsonObject {
  let file: unknown;
  try {
    file = parse(text);
  } catch (error) {
    throw new UnreachableError(`failed to parse kubeconfig data: ${messageOf(error)}`, { cause: error });
  }
  if (!isRecord(file)) throw new UnreachableError("its kubeconfig is empty or no kubeconfig");
  return file;
}

function entry(file: JsonObject, list: string, name: string, part: string): JsonObject {
  const found = listAt(file, list).find((item) => textAt(item, "name") === name)?.[part];
  if (!isRecord(found)) throw new UnreachableError(`its kubeconfig has no ${part} "${name}"`);
  return found;
}

/** A cluster may let in anybody. */
function userOf(file: JsonObject, name: string): JsonObject {
  return name === "" ? {} : entry(file, "users", name, "user");
}

function byHand(cluster: JsonObject, user: JsonObject): Credentials {
  const options: RequestOptions = {
    ca: material(cluster, "certificate-authority"),
    cert: material(user, "client-certificate"),
    key: material(user, "client-key"),
    ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    ...(textAt(cluster, "tls-server-name") === "" ? {} : { servername: textAt(cluster, "tls-server-name") }),
  };
  const [token, tokenFile, name] = [textAt(user, "token"), textAt(user, "tokenFile"), textAt(user, "username")];
  return () => {
    const bearer = tokenFile === "" ? token : readFileSync(tokenFile, "utf8").trim();
    const authorization = bearer !== "" ? `Bearer ${bearer}` : name !== "" ? `Basic ${Buffer.from(`${name}:${textAt(user, "password")}`).toString("base64")}` : "";
    return Promise.resolve(authorization === "" ? options : { ...options, headers: { authorization } });
  };
}

/** `key-data` in base64, or `key` as the path of a file. */
function material(holder: JsonObject, key: string): string | undefined {
  const data = textAt(holder, `${key}-data`);
  if (data !== "") return Buffer.from(data, "base64").toString("utf8");
  const file = textAt(holder, key);
  return file === "" ? undefined : readFileSync(file, "utf8");
}

/** Programs that hand out tokens (EKS), and proxies: the client library knows them. It takes seconds to load, so only these wait for it. */
function byLibrary(text: string, context: string): Credentials {
  const loaded = import("@kubernetes/client-node").then(({ KubeConfig }) => {
    const config = new KubeConfig();
    config.loadFromString(text);
    config.setCurrentContext(context);
    return config;
  });
  // Told to the first request.
  loaded.catch(() => undefined);
  return async () => {
    const options: RequestOptions = {};
    await (await loaded).applyToHTTPSOptions(options);
    return options;
  };
}
