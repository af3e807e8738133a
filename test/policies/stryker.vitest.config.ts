/** The tests that StrykerJS runs against each mutant of the pack: those that need no engine and no built tool. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/policies/**/*.test.ts"], exclude: ["test/policies/podSecurity.test.ts"], env: { NO_COLOR: "1" } },
});
