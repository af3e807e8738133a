/**
 * The sandbox's copy of a stack file: no encryption key of the real stack is needed or kept, and every secret
 * is a labelled stand-in.
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from "yaml";
import { UserError, systemCode } from "../errors.ts";
import type { Crypter } from "./crypter.ts";
import { standIn } from "./standIn.ts";

/** Says how the real stack encrypts; the sandbox's copy has its own. */
const ENCRYPTION_KEYS = ["encryptionsalt", "encryptedkey", "secretsprovider"];

/** A value of configuration; `{secure: text}` is a secret, given in plain text. */
export type ConfigValue = string | number | boolean | null | ConfigValue[] | { [key: string]: ConfigValue };

/** Reads `Pulumi.<stack>.yaml` and replaces what is secret. */
export function readStackFile(folder: string, stack: string, crypter: Crypter): Document {
  const document = parseYaml(path.join(folder, `Pulumi.${stack}.yaml`), () => unknownStack(folder, stack));
  for (const key of ENCRYPTION_KEYS) if (document.has(key)) document.delete(key);
  document.set("encryptionsalt", crypter.encryptionSalt);
  const config = document.get("config");
  if (isMap(config)) replaceSecrets(config, "", crypter);
  return document;
}

/** Reads a YAML file whose top level is a map, or says where it is wrong. */
export function parseYaml(file: string, absent: () => UserError): Document {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw absent();
    throw new UserError(`${file} can not be read (${systemCode(error) || String(error)}).`, "It must be a file that you may read.", 1, { cause: error });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    const what = mistake.message.split(/ at line \d+|\n/)[0] ?? mistake.message;
    throw new UserError(`${file}:${line}:${col}: this is not YAML: ${what.replace(/:$/, "")}.`, "Mend the file at that place, then run the command again.");
  }
  if (document.contents !== null && !isMap(document.contents)) throw new UserError(`${file}:1:1: a map of keys is expected at the top of this file.`, "See docs/configuration.md for what a stack file holds.");
  if (document.contents === null) document.contents = document.createNode({}) as unknown as typeof document.contents;
  return document;
}

/** The stacks that have a file in the folder, in alphabetical order. */
export function stacksIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? "")
    .filter((name) => name !== "")
    .sort();
}

function unknownStack(folder: string, stack: string): UserError {
  const known = stacksIn(folder);
  const list = known.length > 0 ? `Stacks here: ${known.join(", ")}.` : "There is no stack file here at all.";
  return new UserError(`There is no stack "${stack}": ${path.join(folder, `Pulumi.${stack}.yaml`)} does not exist.`, list);
}

/** Puts a stand-in for every `secure:` below the node, whose key is the last one that has letters. */
function replaceSecrets(node: YAMLMap, key: string, crypter: Crypter): void {
  for (const pair of node.items) {
    if (!isPair(pair)) continue;
    const name = isScalar(pair.key) ? String(pair.key.value) : key;
    if (name === "secure" && node.items.length === 1) node.set("secure", crypter.encrypt(standIn(key)));
    else descend(pair.value, name.split(":").at(-1) ?? name, crypter);
  }
}

function descend(value: unknown, key: string, crypter: Crypter): void {
  if (isMap(value)) replaceSecrets(value, key, crypter);
  else if (isSeq(value)) value.items.forEach((item, i) => descend(item, `${key}-${i}`, crypter));
}

/**
 * Sets one value of the copy; `undefined` removes it.
 *
 * @param key `golive:region`, or a path below a key: `golive:cluster.nodes[0].type`
 */
export function setConfigValue(document: Document, key: string, value: ConfigValue | undefined, crypter: Crypter): void {
  const where = ["config", ...configPath(key)];
  if (value === undefined) {
    if (document.hasIn(where)) document.deleteIn(where);
    return;
  }
  if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
  document.setIn(where, document.createNode(encrypted(value, crypter)));
}

/** `golive:a.b[0]` becomes `golive:a`, `b`, 0. A key in quotes may hold dots: `golive:tags["a.b"]`. */
function configPath(key: string): (string | number)[] {
  const parts = [...key.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map((m) => (m[2] === undefined ? (m[1] ?? m[3] ?? "") : Number(m[2])));
  if (parts.length === 0) throw new UserError(`"${key}" is not a configuration key.`, "Write it as golive:key or golive:key.part.", 2);
  return parts;
}

function encrypted(value: ConfigValue, crypter: Crypter): ConfigValue {
  if (Array.isArray(value)) return value.map((item) => encrypted(item, crypter));
  if (typeof value !== "object" || value === null) return value;
  const secret = value["secure"];
  if (typeof secret === "string" && Object.keys(value).length === 1) return { secure: crypter.encrypt(secret) };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encrypted(v, crypter)]));
}
