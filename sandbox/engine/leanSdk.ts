/**
 * Lets the Pulumi SDK start without what only programs need that turn functions into cloud functions or run the engine
 * themselves: the TypeScript compiler, npm's dependency tree and the Automation API, which the SDK loads at every start
 * (0.4 s and 50 MB, a third of its start). They are loaded when something of them is asked for, and not before.
 *
 * Import this before the SDK.
 */
import Module, { createRequire } from "node:module";

/** Modules of @pulumi/pulumi, and what they load that can wait. */
const HEAVY = [
  { loader: "@pulumi/pulumi/runtime/closure/parseFunction.js", loads: "../../typescript-shim.js" },
  { loader: "@pulumi/pulumi/runtime/closure/codePaths.js", loads: "@npmcli/arborist" },
  { loader: "@pulumi/pulumi/index.js", loads: "./automation" },
];

/** Makes the heavy modules wait, in the SDK that `from` (a file or URL) would load; does nothing where there is none. */
export function loadLazily(from: string | URL): void {
  const sdk = createRequire(from);
  for (const { loader, loads } of HEAVY) {
    const require = resolvable(() => createRequire(sdk.resolve(loader)));
    const file = resolvable(() => require?.resolve(loads));
    if (require !== undefined && file !== undefined && require.cache[file] === undefined) require.cache[file] = standIn(require, file);
  }
}

/** A module that becomes the real one as soon as it is looked into. */
function standIn(require: NodeJS.Require, file: string): NodeJS.Module {
  let real: object | undefined;
  const load = (): object => {
    if (real === undefined) {
      delete require.cache[file];
      real = require(file) as object;
    }
    return real;
  };
  const module = new Module(file);
  module.filename = file;
  module.loaded = true;
  module.exports = new Proxy({}, {
    // Compiled code asks for the first before anything else, and takes what says yes as it is.
    get: (_, name) => (name === "__esModule" ? true : name === "default" ? load() : (Reflect.get(load(), name) as unknown)),
    has: (_, name) => Reflect.has(load(), name),
  });
  return module;
}

/** A SDK of another version may keep its modules elsewhere: then it starts as it always does. */
function resolvable<T>(resolve: () => T): T | undefined {
  try {
    return resolve();
  } catch {
    return undefined;
  }
}

loadLazily(import.meta.url);
