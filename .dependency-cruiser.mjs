/**
 * The direction of dependencies (DESIGN.md, "The house"): stacks → components; operations → stacks' configuration
 * and sandbox, never components; policies and sandbox import none of the others.
 */
const folders = ["stacks", "components", "policies", "operations", "sandbox"];
const others = (...allowed) => `^(${folders.filter((name) => !allowed.includes(name)).join("|")})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "stacks-use-components-only", severity: "error", comment: "A program is composed of components and nothing else.", from: { path: "^stacks/" }, to: { path: others("stacks", "components") } },
    { name: "components-stand-alone", severity: "error", comment: "Components read no configuration and know no sandbox.", from: { path: "^components/" }, to: { path: others("components") } },
    { name: "policies-stand-alone", severity: "error", comment: "Policies know resource types, never components.", from: { path: "^policies/" }, to: { path: others("policies") } },
    { name: "sandbox-stands-alone", severity: "error", comment: "The sandbox runs any program.", from: { path: "^sandbox/" }, to: { path: others("sandbox") } },
    { name: "operations-never-use-components", severity: "error", comment: "Commands act through the engine, not on components.", from: { path: "^operations/" }, to: { path: "^components/" } },
    { name: "operations-see-configuration-only", severity: "error", comment: "Of a program, commands know its configuration.", from: { path: "^operations/" }, to: { path: "^stacks/", pathNot: "^stacks/config" } },
    { name: "nothing-imports-tests", severity: "error", from: { path: `^(${folders.join("|")})/` }, to: { path: "^test/" } },
    { name: "no-cycles", severity: "error", comment: "Type-only imports do not run and are left out.", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-dev-dependencies-in-the-product",
      severity: "error",
      comment: "What the product imports must be a dependency, not a development one. Generators run in development only.",
      from: { path: `^(${folders.join("|")})/`, pathNot: "/generate(\\.ts$|/)" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"], extensions: [".ts", ".js", ".cjs", ".mjs", ".json"] },
  },
};
