/** How long backups are kept, and that nothing goes without one. */
import { refersTo } from "../references.ts";
import type { Resource, Stack } from "../resource.ts";
import { atLeast, is, type Report, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { CLUSTER, INSTANCE, isReplica } from "./databaseKinds.ts";
import { matches } from "./iamDocuments.ts";
import { BUCKET, lockDays, locks } from "./storageBuckets.ts";

/** Checklist: backups are kept for 90 days. */
const BACKUP_DAYS = 90;
const VAULT = "aws:backup:Vault";
const PLAN = "aws:backup:Plan";

/** A lifecycle that deletes nothing keeps for ever. */
function keptLongEnough(days: Value): string | undefined {
  return days.exists ? atLeast(BACKUP_DAYS, " days")(days) : undefined;
}

/** Rules that take snapshots; continuous backups are for seconds, not for months: the service keeps them for 35 days at most. */
function snapshots(plan: Resource): Value[] {
  return plan.at("rules").items.filter((rule) => rule.at("enableContinuousBackup").flag !== true);
}

/** Region that a plan is in: its own, or its provider's. */
function regionOf(plan: Resource): string | undefined {
  return plan.at("region").text ?? text(plan.declared.provider?.props["region"]);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function checkCopies(plan: Resource, report: Report): void {
  const region = regionOf(plan);
  const copies = snapshots(plan).flatMap((rule) => rule.at("copyActions").items);
  const away = any(copies.map((copy) => () => copy.at("destinationVaultArn").text?.split(":")[3] !== region));
  if (!away) report(plan.at("rules"), "copy nothing to a second region");
  copies.forEach((copy) => plan.try(() => {
    const days = copy.at("lifecycle.deleteAfter");
    const wrong = keptLongEnough(days);
    if (wrong !== undefined) report(days, wrong);
  }));
}

/** Whether a pattern of ARNs covers a database, in whichever region and account the pattern names. */
function covers(pattern: string, type: string, id: string): boolean {
  const [, , , region, account] = pattern.split(":");
  return matches(pattern, ["arn:aws:rds", region, account, type, id].join(":"));
}

/** Whether a selection takes a database: by its ARN, a pattern of ARNs, or a tag. */
function selects(selection: Resource, store: Resource): boolean {
  const id = store.at(store.is(CLUSTER) ? "clusterIdentifier" : "identifier").text ?? store.name;
  const type = store.is(CLUSTER) ? "cluster" : "db";
  return any([
    () => refersTo(selection, "resources", store),
    ...selection.at("resources").texts.map((arn) => () => covers(arn.text ?? "", type, id)),
    ...selection.at("selectionTags").items.map((tag) => () => store.at("tags").key(tag.at("key").text ?? "").text === tag.at("value").text),
  ]);
}

function relateLock(vault: Resource, stack: Stack, report: Report): void {
  const found = stack.pointing("aws:backup:VaultLockConfiguration", "backupVaultName", vault);
  if (found.length === 0) report(vault, "has no lock");
  for (const lock of found) {
    const most = lock.at("maxRetentionDays");
    if ((most.number ?? Infinity) < BACKUP_DAYS) report(vault, `has a lock that refuses recovery points of more than ${shown(most)} days, must take ${BACKUP_DAYS}`);
  }
}

export const rules: Rule[] = [
  {
    id: "retention/backup-plan",
    title: "Backup plans keep snapshots for 90 days",
    items: ["retention-backups"],
    severity: "high",
    frameworks: [],
    why: "Damage that shows late, such as records deleted by a monthly job, is older than the last weeks' backups.",
    mend: "Set `rules[].lifecycle.deleteAfter` to at least 90; beside continuous backups have a rule that takes snapshots.",
    kinds: [PLAN],
    check: (plan, report) => {
      const taking = snapshots(plan);
      if (taking.length === 0) report(plan.at("rules"), "take no snapshots, and continuous backups go after 35 days");
      taking.forEach((rule) => plan.try(() => {
        const days = rule.at("lifecycle.deleteAfter");
        const wrong = keptLongEnough(days);
        if (wrong !== undefined) report(days, wrong);
      }));
    },
  },
  {
    id: "retention/backup-copies",
    title: "Backup plans copy to a second region for 90 days",
    items: ["retention-backups"],
    severity: "high",
    frameworks: [],
    why: "A region that fails, or an account's region that somebody empties, takes its backups along.",
    mend: "Add `copyActions` with the ARN of a vault in another region and `lifecycle.deleteAfter` of at least 90.",
    kinds: [PLAN],
    check: checkCopies,
  },
  {
    id: "retention/vault-lock",
    title: "Backup vaults are locked, and take what is kept for 90 days",
    items: ["retention-backups"],
    severity: "high",
    frameworks: [],
    why: "Who takes over an account deletes the backups first; a lock holds them until their time is over.",
    mend: "Declare a `VaultLockConfiguration` for the vault, with `maxRetentionDays` of at least 90 or none.",
    kinds: [VAULT],
    relate: relateLock,
  },
  {
    id: "retention/database-in-plan",
    title: "Every database is part of a backup plan",
    items: ["retention-backups", "database"],
    severity: "high",
    frameworks: [],
    why: "RDS itself keeps backups for 35 days at most, in the account and region of the database; the 90 days are the plan's.",
    mend: "Name the database's ARN in `resources` of a `Selection` of AWS Backup, or a tag of it in `selectionTags`.",
    kinds: [INSTANCE, CLUSTER],
    // AWS Backup saves the primary; a replica holds nothing that it lacks.
    applies: (store) => !isReplica(store),
    relate: (store, stack, report) => {
      if (stack.which(["aws:backup:Selection"], (selection) => selects(selection, store)).length === 0) report(store, "is selected by no backup plan");
    },
  },
  {
    id: "retention/automated-backups",
    title: "Automated backups outlive the database",
    items: ["retention-backups", "database"],
    severity: "medium",
    frameworks: [],
    why: "By default RDS deletes all of them together with the instance: after a deletion by mistake the final snapshot is all there is, and no second before it.",
    mend: "Set `deleteAutomatedBackups: false`.",
    kinds: [INSTANCE, CLUSTER],
    applies: (store) => !isReplica(store),
    check: where({ deleteAutomatedBackups: is(false) }),
  },
  {
    id: "retention/backups-bucket",
    title: "Buckets of backups are locked for 90 days",
    items: ["retention-backups", "buckets"],
    severity: "high",
    frameworks: [],
    why: "A dump that the dumping job can also delete is lost with the job's credentials; the lock holds against them.",
    mend: "Give the bucket an object lock with `defaultRetention.days` of at least 90 (`BucketObjectLockConfiguration`). Such buckets are those with the tag `data-class: backups`.",
    kinds: [BUCKET],
    applies: (bucket) => bucket.at("tags.data-class").text === "backups",
    relate: (bucket, stack, report) => {
      if (!any(locks(bucket, stack).map((lock) => () => lockDays(lock) >= BACKUP_DAYS))) report(bucket, `has no object lock of at least ${BACKUP_DAYS} days`);
    },
  },
];
