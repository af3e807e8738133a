/**
 * Writes the strictness data from botocore's service models and the installed typings of @pulumi/aws.
 *
 *   node sandbox/aws/strict/generate.ts            writes sandbox/aws/strict/data
 *   node sandbox/aws/strict/generate.ts FOLDER     writes there instead
 *   node sandbox/aws/strict/generate.ts --notes    also lists what the service requires and the typings do not,
 *                                                  and patterns that could not be translated
 *
 * botocore is downloaded once through pip into the project's cache; exit code 1 when that fails.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataFolder, serviceOf, type ServiceData, type TypeData } from "./data.ts";
import { BOTOCORE_VERSION, Models, findWheel } from "./generate/botocore.ts";
import { describe, type Run } from "./generate/describe.ts";
import { NodeTable } from "./generate/nodes.ts";
import { Typings } from "./generate/typings.ts";
import { mappings } from "./mapping/index.ts";
import type { Mappings } from "./mapping/types.ts";

/** What a run found besides the data. */
export interface Notes {
  /** Java patterns without a JavaScript counterpart. */
  readonly lostPatterns: readonly string[];
  /** "type property" pairs that the service requires and the typings leave optional. */
  readonly requiredByApi: readonly string[];
}

/** Writes all data files into a folder, removing others there. Throws when botocore can not be had. */
export function generate(folder: string, only: Mappings = mappings): Notes {
  const typings = new Typings();
  const models = new Models(findWheel());
  const run: Run = { typings, models, notes: { lostPatterns: new Set(), requiredByApi: [] } };
  const services = new Map<string, string[]>();
  for (const token of Object.keys(only).sort()) {
    const service = serviceOf(token);
    if (service === undefined) throw new Error(`${token} is not a type token.`);
    services.set(service, [...(services.get(service) ?? []), token]);
  }
  const files = new Map<string, string>();
  const header: ServiceData["header"] = {
    source: "AWS service models of botocore; argument names, types and documentation of @pulumi/aws",
    botocore: BOTOCORE_VERSION,
    typings: typings.version,
    licence: "Apache-2.0",
    generator: "sandbox/aws/strict/generate.ts",
  };
  for (const [service, tokens] of services) {
    const table = new NodeTable();
    const types: Record<string, TypeData> = {};
    for (const token of tokens) {
      const mapping = only[token];
      if (mapping !== undefined) types[token] = describe(token, mapping, run, table);
    }
    files.set(`${service}.json`, render({ header, types, nodes: table.nodes }));
  }
  const prefixes = models.services().flatMap((name) => {
    const { endpointPrefix, signingName } = models.get(name).metadata;
    return [signingName ?? endpointPrefix, endpointPrefix.split(".").at(-1) ?? endpointPrefix];
  });
  files.set("prefixes.json", `${JSON.stringify({ header, prefixes: [...new Set(prefixes)].sort() })}\n`);
  // Nothing is written before everything is known to be right.
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith(".json")) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return { lostPatterns: [...run.notes.lostPatterns].sort(), requiredByApi: run.notes.requiredByApi.sort() };
}

/** One type and one node a line, so that a new botocore version shows as a readable difference. */
function render(data: ServiceData): string {
  const types = Object.entries(data.types).map(([token, type]) => `${JSON.stringify(token)}:${JSON.stringify(type)}`);
  const nodes = data.nodes.map((node) => JSON.stringify(node));
  return `{"header":${JSON.stringify(data.header)},\n"types":{\n${types.join(",\n")}\n},\n"nodes":[\n${nodes.join(",\n")}\n]}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  try {
    const notes = generate(given.find((one) => !one.startsWith("-")) ?? fileURLToPath(dataFolder));
    if (given.includes("--notes")) process.stdout.write(`${JSON.stringify(notes, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
