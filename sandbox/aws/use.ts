/**
 * A cloud that has been in use: people and services have written into it what no program declares. With
 * `GOLIVE_SANDBOX_IN_USE=true` every bucket holds objects and every backup vault holds recovery points, so that a destroy
 * meets what it meets after the first day. Without it, both are empty, as right after their creation.
 */
export const IN_USE_VARIABLE = "GOLIVE_SANDBOX_IN_USE";

/** What the environment says. Throws on anything but true and false. */
export function inUseOf(env: NodeJS.ProcessEnv): boolean {
  const text = env[IN_USE_VARIABLE] ?? "";
  if (text !== "" && text !== "true" && text !== "false") throw new Error(`${IN_USE_VARIABLE} is "${text}"; give true or false`);
  return text === "true";
}
