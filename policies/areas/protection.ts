/** Protection: what holds data can not be deleted by mistake. */
import { PROTECTED } from "../dataKinds.ts";
import type { Resource } from "../resource.ts";
import { is, type Report, type Rule, shown, where } from "../rule.ts";

const ZONE = "aws:route53:Zone";

/** Arguments that let a resource be deleted with all that is in it. */
const FORCING: Readonly<Record<string, string>> = {
  "aws:s3:Bucket": "forceDestroy",
  "aws:s3:DirectoryBucket": "forceDestroy",
  "aws:s3tables:TableBucket": "forceDestroy",
  "aws:backup:Vault": "forceDestroy",
  "aws:ecr:Repository": "forceDelete",
  "aws:ecrpublic:Repository": "forceDestroy",
  "aws:route53:Zone": "forceDestroy",
  "aws:athena:Database": "forceDestroy",
  "aws:iam:User": "forceDestroy",
};

/** Switches of the service itself, which hold against the console too; those of databases are in their own area. */
const SWITCHES: Readonly<Record<string, { property: string; on: string | true }>> = {
  "aws:dynamodb:Table": { property: "deletionProtectionEnabled", on: true },
  "aws:cognito:UserPool": { property: "deletionProtection", on: "ACTIVE" },
};

function notForced(resource: Resource, report: Report): void {
  const place = resource.at(FORCING[resource.kind.kind] ?? "");
  if (place.flag === true) report(place, "is true, must be false: deletion has to fail while something is inside");
}

function switchedOn(resource: Resource, report: Report): void {
  const { property = "", on = true } = SWITCHES[resource.kind.kind] ?? {};
  where({ [property]: is(on) })(resource, report);
}

export const rules: Rule[] = [
  {
    id: "protection/protect",
    title: "What holds data is protected from deletion by the program",
    items: ["protect"],
    severity: "critical",
    frameworks: [],
    why: "A renamed resource is a deletion and a creation to the engine: one line moved in a review, and the database is empty. With `protect` the update stops instead.",
    mend: "Set the resource option `protect: true`. To delete on purpose, take it away in an update of its own.",
    kinds: PROTECTED,
    // The records of a private zone are all declared here; a public one is known to the registrar by its name servers.
    applies: (resource) => resource.declared.optionsKnown === true && !(resource.is(ZONE) && resource.at("vpcs").items.length > 0),
    check: (resource, report) => {
      if (resource.declared.protect !== true) report(resource, "is not protected, must have the resource option protect: true");
    },
  },
  {
    id: "protection/no-forced-deletion",
    title: "Nothing is deleted together with what is inside",
    items: ["protect", "buckets"],
    severity: "high",
    frameworks: [],
    why: "With `forceDestroy`, removing a bucket from the program empties it first, all versions included; without, AWS refuses.",
    mend: "Leave out `forceDestroy` and `forceDelete`, or set them to false.",
    kinds: Object.keys(FORCING),
    check: notForced,
  },
  {
    id: "protection/deletion-switch",
    title: "Tables and user pools refuse to be deleted by anybody",
    items: ["protect"],
    severity: "high",
    frameworks: ["FSBP: DynamoDB.6"],
    why: "`protect` binds this program only. Whoever clicks in the console, or runs a script with wide rights, is stopped by the service's own switch.",
    mend: "Set `deletionProtectionEnabled: true` on tables, `deletionProtection: \"ACTIVE\"` on user pools.",
    kinds: Object.keys(SWITCHES),
    check: switchedOn,
  },
  {
    id: "protection/claims-kept",
    title: "Disks of a StatefulSet outlive it",
    items: ["protect"],
    severity: "high",
    frameworks: [],
    why: "With `Delete`, removing or replacing the StatefulSet, or scaling it down for a night, deletes the disks of its pods.",
    mend: "Leave out `spec.persistentVolumeClaimRetentionPolicy`, or set whenDeleted and whenScaled to Retain.",
    kinds: ["k8s:apps:StatefulSet"],
    check: (set, report) => {
      for (const when of ["whenDeleted", "whenScaled"]) {
        const place = set.at("spec.persistentVolumeClaimRetentionPolicy").key(when);
        set.try(() => {
          if (place.text === "Delete") report(place, `is ${shown(place)}, must be Retain`);
        });
      }
    },
  },
];
