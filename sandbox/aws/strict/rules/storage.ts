/** S3: names, lifecycles, locks. */
import { isUnknown } from "../../values.ts";
import { absent, block, blocks, number, text, type Props, type Rule, type Rules } from "./rule.ts";

/** S3 User Guide, "General purpose bucket naming rules". */
const bucketName: Rule = (props, fail) => {
  const name = text(props.bucket);
  if (name === undefined) return;
  const say = (reason: string): void => fail("bucket", `${name}: ${reason}`);
  if (name.length < 3 || name.length > 63) say(`a bucket name has 3 to 63 characters, this one has ${name.length}.`);
  if (!/^[a-z0-9.-]+$/.test(name)) say("a bucket name has lower-case letters, digits, dots and hyphens only.");
  else if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) say("a bucket name begins and ends with a letter or digit.");
  if (name.includes("..")) say("a bucket name has no two dots in a row.");
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) say("a bucket name must not look like an address.");
  if (/^(xn--|sthree-|amzn-s3-demo-)/.test(name) || /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)) say("this beginning or ending is reserved by S3.");
};

/** Classes that take objects from the 30th day only (S3 User Guide, "Transitioning objects using S3 Lifecycle"). */
const AFTER_30_DAYS = ["STANDARD_IA", "ONEZONE_IA"];

/** The same guide, "Constraints and considerations": 30 days, and expiration after every transition. */
const lifecycle: Rule = (props, fail) => {
  const ids = new Set<string>();
  for (const [index, rule] of blocks(props.rules)) {
    const at = `rules[${index}]`;
    const id = text(rule.id);
    if (id !== undefined && ids.has(id)) fail(`${at}.id`, `The id ${id} is used twice in one lifecycle.`);
    if (id !== undefined) ids.add(id);
    checkTransitions(rule, "transitions", "days", number(block(rule.expiration).days), at, fail);
    checkTransitions(rule, "noncurrentVersionTransitions", "noncurrentDays", number(block(rule.noncurrentVersionExpiration).noncurrentDays), at, fail);
    const actions = ["expiration", "transitions", "noncurrentVersionExpiration", "noncurrentVersionTransitions", "abortIncompleteMultipartUpload"];
    if (actions.every((action) => absent(rule[action]))) fail(at, `A lifecycle rule needs at least one of ${actions.join(", ")}.`);
    checkExpiration(block(rule.expiration), at, fail);
  }
};

function checkTransitions(rule: Props, property: string, unit: string, expires: number | undefined, at: string, fail: (property: string, reason: string) => void): void {
  for (const [index, transition] of blocks(rule[property])) {
    const days = number(transition[unit]);
    const path = `${at}.${property}[${index}].${unit}`;
    if (days === undefined) continue;
    if (AFTER_30_DAYS.includes(String(transition.storageClass)) && days < 30) fail(path, `${days} days: objects move to ${String(transition.storageClass)} after 30 days at the earliest.`);
    if (expires !== undefined && expires <= days) fail(path, `Objects expire after ${expires} days, before this transition at ${days}; expiration must come later.`);
  }
}

/** S3 API, LifecycleExpiration: exactly one of date, days, expired-object delete marker. */
function checkExpiration(expiration: Props, at: string, fail: (property: string, reason: string) => void): void {
  const given = ["date", "days", "expiredObjectDeleteMarker"].filter((name) => !absent(expiration[name]) && expiration[name] !== false);
  if (given.length > 1) fail(`${at}.expiration`, `Only one of ${given.join(" and ")} can be given.`);
}

/** S3 API, DefaultRetention: a mode with either days or years. */
const objectLock: Rule = (props, fail) => {
  const rule = block(props.rule);
  if (absent(props.rule) || isUnknown(props.rule)) return;
  const retention = block(rule.defaultRetention);
  const given = ["days", "years"].filter((name) => !absent(retention[name]));
  if (given.length !== 1) fail("rule.defaultRetention", "Exactly one of days and years must be given.");
  for (const name of given) if ((number(retention[name]) ?? 1) < 1) fail(`rule.defaultRetention.${name}`, "The retention must be at least 1.");
};

/** S3 API, ServerSideEncryptionByDefault: a key can only be named for KMS encryption. */
const encryption: Rule = (props, fail) => {
  for (const [index, rule] of blocks(props.rules)) {
    const applied = block(rule.applyServerSideEncryptionByDefault);
    if (applied.sseAlgorithm === "AES256" && !absent(applied.kmsMasterKeyId)) {
      fail(`rules[${index}].applyServerSideEncryptionByDefault.kmsMasterKeyId`, "A key can be named for aws:kms and aws:kms:dsse only, not for AES256.");
    }
  }
};

/** S3 API, CORSRule AllowedMethod: these five; an origin holds at most one asterisk. */
const cors: Rule = (props, fail) => {
  for (const [index, rule] of blocks(props.corsRules)) {
    const methods = Array.isArray(rule.allowedMethods) ? rule.allowedMethods : [];
    methods.forEach((method: unknown, at) => {
      if (typeof method === "string" && !["GET", "PUT", "HEAD", "POST", "DELETE"].includes(method)) {
        fail(`corsRules[${index}].allowedMethods[${at}]`, `${method} is not accepted; use GET, PUT, HEAD, POST, DELETE.`);
      }
    });
    const origins = Array.isArray(rule.allowedOrigins) ? rule.allowedOrigins : [];
    origins.forEach((origin: unknown, at) => {
      if (typeof origin === "string" && origin.split("*").length > 2) fail(`corsRules[${index}].allowedOrigins[${at}]`, `${origin} holds more than one asterisk.`);
    });
  }
};

export const storageRules: Rules = {
  "aws:s3/bucket:Bucket": [bucketName],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": [lifecycle],
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": [objectLock],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [encryption],
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": [cors],
};
