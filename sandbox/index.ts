/** What the rest of the project may use of the sandbox. */
export { ensureEngine, type Engine } from "./engine/engine.ts";
export { UserError } from "./errors.ts";
export { OperationError, type OperationOptions, type OperationResult } from "./workspace/operation.ts";
export { Sandbox, openSandbox, type SandboxOptions } from "./workspace/sandbox.ts";
export { stacksIn, type ConfigValue } from "./workspace/stackFile.ts";
