/**
 * Cheap stack traces. The SDK writes down where each of an output's four promises was made, some 60,000 stack
 * traces for production, and maps each line through source maps: more than half of the program's time and a fifth
 * of its memory, to be read only when somebody hunts a promise leak. Import this before anything is declared.
 *
 * Nothing is lost for people: the program runs as it is written (types are only blanked out), so lines and columns
 * are right without a map, and with PULUMI_DEBUG_PROMISE_LEAKS set the SDK gets its traces.
 */

/** The SDK's function that notes a promise's origin (@pulumi/pulumi, runtime/debuggable.js). */
const NOTES_ORIGIN = "debuggablePromise";

const huntsLeaks = Boolean(process.env["PULUMI_DEBUG_PROMISE_LEAKS"]);

Error.prepareStackTrace = (error, frames) => {
  if (!huntsLeaks && frames[0]?.getFunctionName() === NOTES_ORIGIN) return "";
  return [String(error), ...frames.map((frame) => `    at ${(frame as { toString(): string }).toString()}`)].join("\n");
};
