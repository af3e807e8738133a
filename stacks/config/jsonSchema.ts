/** The JSON Schema of a stack file, Pulumi.<stack>.yaml, by which editors complete and check it. */
import { z } from "zod";
import { isSecretKey } from "./input.ts";
import { configSchema } from "./schema.ts";

type Json = Record<string, unknown>;

/** An encrypted value; Pulumi takes one anywhere below `config`. */
const ENCRYPTED: Json = {
  type: "object",
  description: "An encrypted value: `pulumi config set --secret KEY`.",
  properties: { secure: { type: "string", minLength: 1 } },
  required: ["secure"],
  additionalProperties: false,
};

/**
 * The whole stack file. Every key may be left out, because the profile may set it and because rules between keys are
 * the parser's: the schema catches names, types and limits while they are typed.
 */
export function stackFileSchema(): Json {
  const generated: Json = z.toJSONSchema(configSchema, { io: "input", target: "draft-7", reused: "inline" });
  const { properties } = generated;
  const config: Json = {};
  for (const [name, schema] of Object.entries(isJson(properties) ? properties : {})) {
    if (isJson(schema)) config[`golive:${name}`] = isSecretKey(name) ? secretOnly(schema) : topLevel(schema);
  }
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Pulumi stack file of golive",
    description: "What one stack is. Reference: docs/configuration.md",
    type: "object",
    properties: {
      config: {
        type: "object",
        description: "Configuration of the stack, one key a line, as golive:KEY.",
        properties: config,
        // Other namespaces (aws:, pulumi:, kubernetes:) belong to their owners.
        patternProperties: { "^(?!golive:)[A-Za-z][A-Za-z0-9_-]*:.+$": {} },
        additionalProperties: false,
      },
      secretsprovider: { type: "string", description: "Who encrypts the secrets, for example awskms://alias/golive-state?region=us-east-1.", examples: ["awskms://alias/golive-state?region=us-east-1"] },
      encryptedkey: { type: "string", description: "Data key, encrypted by the secrets provider; written by Pulumi." },
      encryptionsalt: { type: "string", description: "Salt of the passphrase; written by Pulumi." },
      environment: { description: "Pulumi environments that the stack imports." },
    },
    additionalProperties: false,
  };
}

/** A section may be given in part and any value may be encrypted; `pulumi config set` writes booleans and sections as text. */
function topLevel(schema: Json): Json {
  const open = relax(schema);
  const { description, examples, ...type } = open;
  const text = type.type === "string" ? [] : [{ type: "string", description: "The same as text, as `pulumi config set` writes it.", pattern: "^\\s*([\\[{\\d-]|true\\s*$|false\\s*$)" }];
  return { ...(description === undefined ? {} : { description }), ...(examples === undefined ? {} : { examples }), anyOf: [type, ...text, ENCRYPTED] };
}

/** Secrets are encrypted or not there; of a section of secrets every value is. */
function secretOnly(schema: Json): Json {
  if (schema.type === "object") {
    const { propertyNames } = schema;
    return {
      type: "object", description: `${String(schema.description)} Set it by: ${String(schema.example)}`,
      ...(isJson(propertyNames) ? { propertyNames: { pattern: propertyNames.pattern } } : {}), additionalProperties: ENCRYPTED,
    };
  }
  return { ...ENCRYPTED, description: `${String(schema.description)} Set it by: ${String(schema.example)}` };
}

/** Below a section: nothing is required (profiles fill in), every value may be encrypted, documentation in editors' terms. */
function relax(schema: Json): Json {
  const { example, unit, source, default: fallback, properties, items, additionalProperties, propertyNames, ...rest } = schema;
  const result: Json = { ...rest };
  delete result.required;
  delete result.secret;
  const notes = [typeof unit === "string" ? `Unit: ${unit}.` : "", typeof source === "string" ? `Source: ${source}.` : ""].filter((note) => note !== "");
  if (typeof rest.description === "string") result.description = [rest.description, ...notes].join(" ");
  if (example !== undefined) result.examples = [example];
  if (fallback !== undefined) result.default = fallback;
  if (isJson(propertyNames)) result.propertyNames = { pattern: propertyNames.pattern };
  if (isJson(properties)) result.properties = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, encryptable(child)]));
  if (isJson(items)) result.items = encryptable(items);
  if (additionalProperties !== undefined) result.additionalProperties = isJson(additionalProperties) ? encryptable(additionalProperties) : additionalProperties;
  return result;
}

function encryptable(schema: unknown): unknown {
  if (!isJson(schema)) return schema;
  const { description, examples, ...type } = relax(schema);
  return { ...(description === undefined ? {} : { description }), ...(examples === undefined ? {} : { examples }), anyOf: [type, ENCRYPTED] };
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
