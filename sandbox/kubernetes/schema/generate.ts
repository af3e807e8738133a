/**
 * Writes `types.json`: which fields each Kubernetes kind has, which of them are required and what they hold, read
 * from the typings that @pulumi/kubernetes ships (they are generated from the API server's own OpenAPI document).
 *
 * Run it after an upgrade of @pulumi/kubernetes: `node sandbox/kubernetes/schema/generate.ts`. A test fails when
 * the file is older than the typings.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";

const require = createRequire(import.meta.url);
const TARGET = path.join(import.meta.dirname, "types.json");
/** Kinds of @pulumi/kubernetes that are no API objects, with the file that holds their arguments. */
const EXTRA = { "kubernetes:helm.sh/v3:Release": "helm/v3/release", "kubernetes:helm.sh/v4:Chart": "helm/v4/chart" };

/** The content that `types.json` should have for the installed @pulumi/kubernetes. */
export function generate(): string {
  const root = path.dirname(require.resolve("@pulumi/kubernetes/package.json"));
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  const types: Record<string, string> = {};
  collect(parse(path.join(root, "types/input.d.ts")), types);
  for (const [token, file] of [...kinds(root), ...Object.entries(EXTRA)]) {
    const source = parse(path.join(root, `${file}.d.ts`));
    const args = source.statements.find((s) => ts.isInterfaceDeclaration(s) && s.name.text.endsWith("Args"));
    if (args === undefined || !ts.isInterfaceDeclaration(args)) throw new Error(`${file}.d.ts has no arguments`);
    types[token] = fields(args);
  }
  const used = reachable(types);
  // One type a line, in order, so that an upgrade shows as a readable change.
  const lines = Object.entries(types).filter(([name]) => used.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`);
  return `{"version":${JSON.stringify(version)},"types":{\n${lines.join(",\n")}\n}}\n`;
}

/** Token and file of every kind that can be declared; the patch and list forms follow from them. */
function kinds(root: string): [string, string][] {
  const found: [string, string][] = [];
  for (const file of globSync("*/*/*.js", { cwd: root })) {
    const token = /__pulumiType = '(kubernetes:[^:']+\/v[^:']+:[A-Za-z]+)'/.exec(readFileSync(path.join(root, file), "utf8"))?.[1];
    if (token === undefined || /^kubernetes:(helm\.sh|kustomize|yaml)/.test(token) || /(Patch|List)$/.test(token)) continue;
    found.push([token, file.slice(0, -".js".length)]);
  }
  return found;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
}

/** Every interface of the file under its full name, `core.v1.Probe`. */
function collect(source: ts.SourceFile, into: Record<string, string>): void {
  const visit = (statements: readonly ts.Statement[], names: string[]): void => {
    for (const statement of statements) {
      if (ts.isModuleDeclaration(statement) && statement.body !== undefined && ts.isModuleBlock(statement.body)) {
        visit(statement.body.statements, [...names, statement.name.text]);
      } else if (ts.isInterfaceDeclaration(statement)) {
        into[[...names, statement.name.text].join(".")] = fields(statement);
      }
    }
  };
  visit(source.statements, []);
}

/** `name!=s` for a required text, `names=[]s` for an optional list of texts, and so on (see `data.ts`). */
function fields(node: ts.InterfaceDeclaration): string {
  return node.members.flatMap((member) => {
    if (!ts.isPropertySignature(member) || member.type === undefined) return [];
    const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : "";
    return [`${name}${member.questionToken === undefined ? "!" : ""}=${code(member.type)}`];
  }).join(" ");
}

function code(type: ts.TypeNode): string {
  if (ts.isParenthesizedTypeNode(type)) return code(type.type);
  if (ts.isArrayTypeNode(type)) return `[]${code(type.elementType)}`;
  if (ts.isLiteralTypeNode(type)) return "s";
  if (ts.isTypeLiteralNode(type)) {
    const [index] = type.members;
    return index !== undefined && ts.isIndexSignatureDeclaration(index) ? `{}${code(index.type)}` : "j";
  }
  if (ts.isUnionTypeNode(type)) return union(type.types.filter((t) => t.kind !== ts.SyntaxKind.UndefinedKeyword).map(code));
  if (ts.isTypeReferenceNode(type)) return reference(type);
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword: return "s";
    case ts.SyntaxKind.NumberKeyword: return "n";
    case ts.SyntaxKind.BooleanKeyword: return "b";
    default: return "j";
  }
}

function reference(type: ts.TypeReferenceNode): string {
  const name = nameOf(type.typeName);
  const [argument] = type.typeArguments ?? [];
  if (name === "pulumi.Input" && argument !== undefined) return code(argument);
  if (name.startsWith("inputs.")) return `.${name.slice("inputs.".length)}`;
  return name.startsWith("enums.") ? "s" : "j";
}

function nameOf(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${nameOf(name.left)}.${name.right.text}`;
}

/** "number or text" has a letter of its own; other mixtures are not looked into. */
function union(codes: string[]): string {
  const distinct = new Set(codes);
  const [only] = distinct;
  if (distinct.size === 1 && only !== undefined) return only;
  return distinct.size === 2 && distinct.has("n") && distinct.has("s") ? "i" : "j";
}

function reachable(types: Record<string, string>): Set<string> {
  const seen = new Set<string>();
  const queue = Object.keys(types).filter((name) => name.startsWith("kubernetes:"));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    queue.push(...[...(types[name] ?? "").matchAll(/=(?:\[\]|\{\})*\.([\w.]+)/g)].map((m) => m[1] ?? ""));
  }
  return seen;
}

if (process.argv[1] === import.meta.filename) writeFileSync(TARGET, generate());
