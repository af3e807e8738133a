import { defineConfig } from "vitest/config";

/** Starts real engines, clusters or databases: one file at a time, on two cores. */
const HEAVY = ["test/engine/**/*.test.ts", "test/bench/**/*.test.ts", "test/cluster/**/*.test.ts", "test/operations/engine/**/*.test.ts", "test/scripts/**/*.test.ts", "test/sandbox/kubernetes/cluster/server/**/*.test.ts", "test/sandbox/images/programs.test.ts", "test/sandbox/demo/**/*.test.ts", "test/policies/podSecurity.test.ts"];

export default defineConfig({
  test: {
    // Computed by .ci/run into its closing line.
    reporters: ["default", "json"],
    outputFile: { json: ".golive/test-results.json" },
    // What a person has set must not decide whether a test passes.
    env: { NO_COLOR: "1", PULUMI_SKIP_UPDATE_CHECK: "true" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: HEAVY,
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: HEAVY,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          // A cold cache builds the engine, about three minutes on two idle cores, ten on loaded ones.
          hookTimeout: 900_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
