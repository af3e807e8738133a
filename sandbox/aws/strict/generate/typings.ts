/**
 * Reads the SDK's own typings (@pulumi/aws): which arguments a resource has, of which type, which are
 * required, and what their documentation says. Only syntax is parsed, no type checker runs.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";

/** Type of an argument as the typings give it. */
export type Typed =
  | { readonly k: "s" | "n" | "b" | "x" }
  | { readonly k: "l" | "m"; readonly of: Typed }
  | { readonly k: "r"; readonly name: string }
  | { readonly k: "u"; readonly of: readonly Typed[] };

/** One argument. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly type: Typed;
  readonly documentation: string;
}

/** The typings of one installed version. */
export class Typings {
  readonly version: string;
  readonly #root: string;
  readonly #inputs = new Map<string, ts.InterfaceDeclaration>();
  readonly #fields = new Map<string, readonly Field[]>();

  constructor() {
    this.#root = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));
    const manifest = JSON.parse(readFileSync(join(this.#root, "package.json"), "utf8")) as { version: string };
    this.version = manifest.version;
    for (const statement of parse(join(this.#root, "types/input.d.ts")).statements) {
      if (!ts.isModuleDeclaration(statement) || statement.body === undefined || !ts.isModuleBlock(statement.body)) continue;
      for (const inner of statement.body.statements) {
        if (ts.isInterfaceDeclaration(inner)) this.#inputs.set(`${statement.name.text}.${inner.name.text}`, inner);
      }
    }
  }

  /** Arguments of a resource type (`aws:rds/instance:Instance`). Throws when the typings have no such type. */
  args(token: string): readonly Field[] {
    const match = /^aws:([a-z0-9]+)\/([A-Za-z0-9]+):([A-Za-z0-9]+)$/.exec(token);
    if (match === null) throw new Error(`${token} is not the token of a resource type of @pulumi/aws.`);
    const [, service = "", file = "", name = ""] = match;
    const path = join(this.#root, service, `${file}.d.ts`);
    const script = join(this.#root, service, `${file}.js`);
    if (!existsSync(path) || !readFileSync(script, "utf8").includes(`__pulumiType = '${token}'`)) {
      throw new Error(`@pulumi/aws ${this.version} has no resource type ${token}.`);
    }
    const found = parse(path).statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === `${name}Args`);
    if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`${token} has no ${name}Args in its typings.`);
    return fieldsOf(found);
  }

  /** Fields of a nested input (`rds.InstanceBlueGreenUpdate`). Throws when the typings have no such input. */
  input(name: string): readonly Field[] {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const found = this.#inputs.get(name);
    if (found === undefined) throw new Error(`@pulumi/aws ${this.version} has no input type ${name}.`);
    const fields = fieldsOf(found);
    this.#fields.set(name, fields);
    return fields;
  }
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
}

function fieldsOf(declaration: ts.InterfaceDeclaration): readonly Field[] {
  return declaration.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    optional: member.questionToken !== undefined,
    type: member.type === undefined ? { k: "x" } : typed(member.type),
    documentation: ts.getJSDocCommentsAndTags(member).map((part) => part.getText()).join("\n"),
  }));
}

function typed(node: ts.TypeNode): Typed {
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types.filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword).map(typed);
    const distinct = [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
    const [only] = distinct;
    return only !== undefined && distinct.length === 1 ? only : { k: "u", of: distinct };
  }
  if (ts.isArrayTypeNode(node)) return { k: "l", of: typed(node.elementType) };
  if (ts.isParenthesizedTypeNode(node)) return typed(node.type);
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    return index === undefined ? { k: "x" } : { k: "m", of: typed(index.type) };
  }
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return { k: "s" };
    case ts.SyntaxKind.NumberKeyword:
      return { k: "n" };
    case ts.SyntaxKind.BooleanKeyword:
      return { k: "b" };
    default:
  }
  if (!ts.isTypeReferenceNode(node)) return { k: "x" };
  const name = node.typeName.getText();
  const [argument] = node.typeArguments ?? [];
  if (name === "pulumi.Input" && argument !== undefined) return typed(argument);
  if (name.startsWith("inputs.")) return { k: "r", name: name.slice("inputs.".length) };
  // Assets, and what a Node program may hand over as a function: their content is not the service's matter.
  if (name.startsWith("pulumi.")) return { k: "x" };
  // What is left are enums, `ARN`, and resources that stand for their name or ARN: strings on the wire.
  return { k: "s" };
}
