import { defineConfig } from "vitest/config";

/** Measures time, or has users who must notice nothing: has the machine to itself, one file after another. */
const ALONE = ["test/bench/**/*.test.ts", "test/cluster/**/*.test.ts", "test/operations/engine/releaseCluster.test.ts", "test/operations/engine/rollback.test.ts", "test/sandbox/demo/**/*.test.ts"];

/** Monitoring alive, with the machine to itself: by `make alive`, since building a Prometheus of its own would not fit into CI's time. */
const ALIVE = ["test/cluster/monitoring.test.ts", "test/cluster/signals.test.ts"];

/** Starts real engines, API servers, databases or an Alertmanager. */
const ENGINE = ["test/engine/**/*.test.ts", "test/operations/engine/**/*.test.ts", "test/scripts/**/*.test.ts", "test/sandbox/kubernetes/cluster/server/**/*.test.ts", "test/sandbox/images/programs.test.ts", "test/policies/podSecurity.test.ts", "test/monitoring/routingAlive.test.ts", "test/monitoring/traces.test.ts", "test/monitoring/cloudWatch.test.ts"];

/** A cold cache builds the engine, about three minutes on two idle cores, ten on loaded ones. */
const BUILD_MS = 900_000;

export default defineConfig({
  test: {
    // Computed by .ci/run into its closing line.
    reporters: ["default", "json"],
    outputFile: { json: ".golive/test-results.json" },
    // A second, which is the default, is little on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    // What a person has set must not decide whether a test passes.
    env: { NO_COLOR: "1", PULUMI_SKIP_UPDATE_CHECK: "true" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...ENGINE, ...ALONE],
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
          include: ENGINE,
          exclude: ALONE,
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: BUILD_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          exclude: ALIVE,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: BUILD_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "alive",
          include: ALIVE,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: BUILD_MS,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
