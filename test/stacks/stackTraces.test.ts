/** The SDK's promises come without stack traces; everything else keeps them. */
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
import { afterAll, expect, test } from "vitest";

const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
afterAll(() => { if (before !== undefined) Object.defineProperty(Error, "prepareStackTrace", before); });

test("a promise of the SDK has no trace and its value, an error of the program says where it was made", async () => {
  delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
  await import("../../stacks/stackTraces.ts");
  const promise = Promise.resolve(5);
  await expect((debuggable as unknown as { debuggablePromise: (promise: Promise<number>) => Promise<number> }).debuggablePromise(promise)).resolves.toBe(5);
  expect((promise as unknown as { _debugStackTrace: string })._debugStackTrace).toBe("Error");
  const { stack = "" } = new Error("made here");
  expect(stack).toMatch(/^Error: made here\n +at .*stackTraces\.test\.ts/);
});
