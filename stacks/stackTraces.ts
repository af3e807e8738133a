/**
 * No stack traces for promises. The SDK writes down where each of an output's four promises was made, some 60,000
 * stack traces for production, and maps each line through source maps: more than half of the program's time and a
 * fifth of its memory, to be read only when somebody hunts a promise leak. Import this before anything is declared.
 *
 * Nothing is lost for people: leaks are still found and named, with PULUMI_DEBUG_PROMISE_LEAKS set the SDK gets its
 * traces, and the program runs as it is written (types are only blanked out), so that lines and columns of real errors
 * are right without a map.
 */
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

if (!process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) {
  const sdk = debuggable as unknown as { debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T> };
  const original = sdk.debuggablePromise;
  sdk.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return original(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  Error.prepareStackTrace = (error, frames) => [String(error), ...frames.map((frame) => `    at ${(frame as { toString(): string }).toString()}`)].join("\n");
}
