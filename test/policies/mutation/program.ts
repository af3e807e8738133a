/**
 * The modules of the pack and of its tests, in a form that can be loaded again and again: each file is compiled once,
 * to a function; loading is calling it. A module of Node itself is kept for ever, and costs as much each time it is
 * loaded; here a fresh copy of everything costs milliseconds, shares its compiled code with the others, and goes away.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import ts from "typescript";

type Exports = Record<string, unknown>;
type Body = (exports: Exports, require: (name: string) => unknown, meta: object, touch: () => void) => void;

/** Told of each file whose functions run. */
export type Touch = (file: string) => void;

export interface Compiled {
  body: Body;
  /** Files of the checkout that it imports, by the name that it uses. */
  imports: ReadonlyMap<string, string>;
  /** The rest that it imports: packages, and parts of Node. */
  packages: readonly string[];
}

/** Only the module's own words: `import.meta` has no place in a function. */
const META = /\bimport\.meta\b/g;

/** Where StrykerJS' code counts what runs: as much work as all the rest, and of use only where it is measured. */
const COUNTING = /^ *function cover\(\) \{/m;

function toFunction(file: string, source: string, probed: boolean): string {
  const { outputText } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.CommonJS, esModuleInterop: false, removeComments: true },
    transformers: probed ? { before: [probing] } : {},
  });
  const code = outputText.replace(META, "__meta");
  return probed ? code : code.replace(COUNTING, "$& return;");
}

/** Lets every function begin with `__touch()`. */
function probing(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const call = (): ts.Expression => factory.createCallExpression(factory.createIdentifier("__touch"), undefined, []);
  const visit = (node: ts.Node): ts.Node => {
    const seen = ts.visitEachChild(node, visit, context);
    if (ts.isArrowFunction(seen) && !ts.isBlock(seen.body)) {
      return factory.updateArrowFunction(seen, seen.modifiers, seen.typeParameters, seen.parameters, seen.type, seen.equalsGreaterThanToken, factory.createParenthesizedExpression(factory.createComma(call(), seen.body)));
    }
    const isBody = ts.isBlock(seen) && ts.isFunctionLike(node.parent);
    return isBody ? factory.updateBlock(seen, [factory.createExpressionStatement(call()), ...seen.statements]) : seen;
  };
  return (file) => ts.visitNode(file, visit) as ts.SourceFile;
}

/** Compiled files, and the packages that they use. */
export class Program {
  readonly #files = new Map<string, Compiled>();
  readonly #packages = new Map<string, unknown>();
  readonly #cache: string | undefined;
  readonly touch: Touch | undefined;

  /** @param cache a folder for compiled sources, where the files do not change between two processes; not for those with probes */
  constructor(cache?: string, touch?: Touch) {
    this.#cache = cache;
    this.touch = touch;
    if (cache !== undefined) mkdirSync(cache, { recursive: true });
  }

  /** Compiles files and all that they import. @param given what stands for packages of these names */
  async load(files: readonly string[], given: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [name, value] of Object.entries(given)) this.#packages.set(name, value);
    const waiting = [...files];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (this.#files.has(file)) continue;
      const compiled = this.#compile(file);
      this.#files.set(file, compiled);
      waiting.push(...compiled.imports.values());
      for (const name of compiled.packages) {
        if (!this.#packages.has(name)) this.#packages.set(name, await import(isBuiltin(name) ? name : pathToFileURL(createRequire(file).resolve(name)).href));
      }
    }
  }

  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  of(file: string): Compiled {
    const found = this.#files.get(file);
    if (found === undefined) throw new Error(`${file} is not loaded`);
    return found;
  }

  package(name: string): unknown {
    return this.#packages.get(name);
  }

  /** A file, and every file that imports it, directly or not. */
  dependents(file: string): ReadonlySet<string> {
    const importers = Map.groupBy([...this.#files].flatMap(([from, { imports }]) => [...imports.values()].map((to) => ({ from, to }))), ({ to }) => to);
    const found = new Set([file]);
    for (const one of found) for (const { from } of importers.get(one) ?? []) found.add(from);
    return found;
  }

  #compile(file: string): Compiled {
    const code = this.#code(file);
    const names = [...new Set(Array.from(code.matchAll(/\brequire\("([^"\n]+)"\)/g), ([, name]) => name ?? ""))];
    const imports = new Map(names.filter((name) => name.startsWith(".")).map((name) => [name, path.resolve(path.dirname(file), name)]));
    return {
      body: compileFunction(code, ["exports", "require", "__meta", "__touch"], { filename: file }) as Body,
      imports,
      packages: names.filter((name) => !imports.has(name)),
    };
  }

  /** TypeScript takes seconds for all files, which a process that replaces a stopped one should not take again. */
  #code(file: string): string {
    const read = (): string => toFunction(file, readFileSync(file, "utf8"), this.touch !== undefined);
    if (this.#cache === undefined) return read();
    const kept = path.join(this.#cache, `${path.relative(this.#cache, file).replaceAll(path.sep, "+")}.js`);
    try {
      return readFileSync(kept, "utf8");
    } catch {
      const code = read();
      // Another process may do the same: neither may read half a file.
      writeFileSync(`${kept}.${process.pid}`, code);
      renameSync(`${kept}.${process.pid}`, kept);
      return code;
    }
  }
}

/** One copy of the modules: what each exports. */
export class World {
  readonly #program: Program;
  readonly #loaded: Map<string, Exports>;

  constructor(program: Program, loaded: ReadonlyMap<string, Exports> = new Map<string, Exports>()) {
    this.#program = program;
    this.#loaded = new Map(loaded);
  }

  /** A copy in which these files are not loaded yet; the others are the same modules. */
  without(files: ReadonlySet<string>): World {
    return new World(this.#program, new Map([...this.#loaded].filter(([file]) => !files.has(file))));
  }

  /** Every loaded file with its exports, in the order in which they were finished, imported ones first. */
  get loaded(): ReadonlyMap<string, Exports> {
    return this.#loaded;
  }

  /** What a file exports. @throws what its code throws */
  import(file: string): Exports {
    const before = this.#loaded.get(file);
    if (before !== undefined) return before;
    const { body, imports } = this.#program.of(file);
    const exports: Exports = {};
    this.#loaded.set(file, exports);
    try {
      body(exports, (name) => {
        const target = imports.get(name);
        return target === undefined ? this.#program.package(name) : this.import(target);
      }, { dirname: path.dirname(file), filename: file, url: pathToFileURL(file).href }, () => this.#program.touch?.(file));
    } catch (error) {
      // Who imports it next must see the failure too, not half a module.
      this.#loaded.delete(file);
      throw error;
    }
    // Moved to the end: a file comes after those that it imports.
    this.#loaded.delete(file);
    this.#loaded.set(file, exports);
    return exports;
  }
}
