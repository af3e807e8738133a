/** The wire format's marks are written down in the sandbox; the SDK has the say. */
import rpc from "@pulumi/pulumi/runtime/rpc.js";
import { expect, test } from "vitest";
import { signatures } from "../../../sandbox/aws/signatures.ts";

test.each(Object.entries(signatures))("%s is the SDK's", (name, mark) => {
  expect(Reflect.get(rpc, name)).toBe(mark);
});
