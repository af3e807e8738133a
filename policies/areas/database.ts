/** Relational databases. */
import { is, type Rule, where } from "../rule.ts";

const INSTANCE = ["aws:rds:Instance"];

export const rules: Rule[] = [
  {
    id: "database/multi-az",
    title: "A database stands by in a second zone",
    items: ["database"],
    severity: "high",
    frameworks: ["FSBP: RDS.5"],
    why: "An instance in one zone is gone with the zone, and comes back only from a backup, in more time than the recovery objective of 30 minutes allows.",
    mend: "Set `multiAz: true` on the primary instance.",
    kinds: INSTANCE,
    // A read replica is itself the copy of a primary that stands by.
    applies: (instance) => !instance.at("replicateSourceDb").exists,
    check: where({ multiAz: is(true) }),
    scene: "database",
    bad: [{ set: { "db:multiAz": false } }, { set: { "db:multiAz": undefined } }],
  },
];
