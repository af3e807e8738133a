/** What the SDK's typings say of a resource type, read from its declaration file. */
import { readFileSync } from "node:fs";
import path from "node:path";

export interface Typings {
  /** Names of the arguments, and whether they must be given. */
  args: Map<string, { required: boolean; type: string }>;
  /** Names of the outputs; `retired` ones are marked deprecated. */
  outputs: Map<string, { retired: boolean }>;
}

const SDK = path.resolve(import.meta.dirname, "../../../node_modules/@pulumi/aws");

/** Reads the typings of `aws:module/file:Class`. */
export function typingsOf(token: string): Typings {
  const [, folder = "", file = "", name = ""] = /^aws:([^/]+)\/([^:]+):(.+)$/.exec(token) ?? [];
  const text = readFileSync(path.join(SDK, folder, `${file}.d.ts`), "utf8")
    .replaceAll(/\/\*\*[\s\S]*?\*\//g, (comment) => (comment.includes("@deprecated") ? "/*retired*/" : ""));
  const declaration = text.slice(text.indexOf("export declare class"));
  const args = declaration.slice(declaration.indexOf(`export interface ${name}Args`));
  return {
    args: new Map([...args.matchAll(/^ {4}(\w+)(\??): (.*)$/gm)].map(([, key = "", optional, type = ""]) => [key, { required: optional !== "?", type }])),
    outputs: new Map([...declaration.matchAll(/(\/\*retired\*\/\s*)?readonly (\w+): pulumi\.Output</g)].map(([, retired, key = ""]) => [key, { retired: retired !== undefined }])),
  };
}
