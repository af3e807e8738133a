import type { SampleResource } from "../../../policies/rule.ts";

/** A database that keeps every rule. */
export const database: readonly SampleResource[] = [
  {
    type: "aws:rds/instance:Instance",
    name: "db",
    protect: true,
    props: { identifier: "db", engine: "postgres", multiAz: true },
  },
];
