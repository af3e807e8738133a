/** Buckets: who gets in, and by which way. */
import type { Resource } from "../resource.ts";
import { is, type Report, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { eachAllow, isOpen, refusesPlain, statements } from "./iamDocuments.ts";
import { demand, isNot } from "./keysTests.ts";
import { BUCKET, beside } from "./storageBuckets.ts";

const BLOCK = "aws:s3:BucketPublicAccessBlock";
const POLICY = "aws:s3:BucketPolicy";
/** Where each kind of access point says what it blocks. */
const POINTS: Readonly<Record<string, string>> = { "aws:s3:AccessPoint": "publicAccessBlockConfiguration", "aws:s3control:MultiRegionAccessPoint": "details.publicAccessBlock" };
const ACL = "aws:s3:BucketAcl";
const CORS = "aws:s3:BucketCorsConfiguration";
const WEBSITE = "aws:s3:BucketWebsiteConfiguration";
export const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Canned lists of AWS that let in everybody, or everybody with an account. */
export const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;
/** Origins that are any origin. */
const ANY_ORIGIN = /^(https?:\/\/)?\*$/;

function checkAcl(holder: Resource, report: Report): void {
  holder.try(() => {
    const acl = holder.at("acl");
    if (PUBLIC_ACLS.includes(acl.text ?? "")) report(acl, `is ${shown(acl)}, which lets in everybody`);
  });
  // A bucket and a copy have the receiver beside the permission, a separate list has it one level deeper.
  const grants = holder.is(ACL) ? holder.at("accessControlPolicy.grants") : holder.at("grants");
  grants.each((grant) => {
    const uri = holder.is(ACL) ? grant.at("grantee.uri") : grant.at("uri");
    if (EVERYBODY.test(uri.text ?? "")) report(uri, "grants to everybody");
  });
}

function checkOrigins(rule: Value, report: Report): void {
  rule.at("allowedOrigins").each((origin) => {
    if (ANY_ORIGIN.test(origin.text ?? "")) report(origin, `is ${shown(origin)}, must be the origins that need it`);
  });
}

export const rules: Rule[] = [
  {
    id: "storage/public-access-block",
    title: "Every bucket has its public access blocked",
    items: ["buckets", "network-exposure"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 2.1.4", "FSBP: S3.8"],
    why: "The block is what holds when a policy or a list is written wrong; without it one careless statement publishes the bucket.",
    mend: "Declare a `BucketPublicAccessBlock` for the bucket with all four flags.",
    closed: true,
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      if (beside(bucket, stack, BLOCK).length === 0) report(bucket, "has no public-access block");
    },
  },
  {
    id: "storage/public-access-flags",
    title: "A public-access block blocks everything",
    items: ["buckets", "network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS AWS 3.0: 2.1.4", "FSBP: S3.1", "FSBP: S3.8", "FSBP: S3.19"],
    why: "Each flag closes one way: new lists, new policies, old lists, old policies. With one open the bucket can be public all the same.",
    mend: "Set `blockPublicAcls`, `blockPublicPolicy`, `ignorePublicAcls` and `restrictPublicBuckets` to `true`, of buckets, of the account, and of access points.",
    kinds: [BLOCK, "aws:s3:AccountPublicAccessBlock", ...Object.keys(POINTS)],
    check: (block, report) => {
      const point = POINTS[block.kind.kind];
      if (point === undefined) where(Object.fromEntries(FLAGS.map((flag) => [flag, is(true)])))(block, report);
      // An access point blocks everything unless it says otherwise.
      else where(Object.fromEntries(FLAGS.map((flag) => [`${point}.${flag}`, isNot(false)])))(block, report);
    },
  },
  {
    id: "storage/public-acl",
    title: "No list of a bucket or object lets everybody in",
    items: ["buckets", "network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["FSBP: S3.2", "FSBP: S3.3"],
    why: "Lists are checked beside policies and by nobody: `public-read` on one object is enough for a leak that no policy shows.",
    mend: "Leave `acl` and `grants` out; with BucketOwnerEnforced there are no lists at all.",
    kinds: [BUCKET, ACL, "aws:s3:BucketObject", "aws:s3:BucketObjectv2", "aws:s3:ObjectCopy"],
    check: checkAcl,
  },
  {
    id: "storage/public-policy",
    title: "No bucket policy lets everybody in",
    items: ["buckets", "network-exposure"],
    severity: "critical",
    frameworks: ["FSBP: S3.2", "FSBP: S3.3"],
    why: "A star as principal is the internet; such buckets are found by machines within hours.",
    mend: "Name roles, accounts or services in `Principal`, or narrow the statement with `aws:PrincipalOrgID`, or with `aws:SourceArn` whose account is written out.",
    kinds: [BUCKET, POLICY],
    check: (holder, report) => eachAllow(holder, (statement) => {
      if (isOpen(statement)) report(holder.at("policy"), "has a statement that allows everybody");
    }),
  },
  {
    id: "storage/tls-only",
    title: "Every bucket refuses requests without TLS",
    items: ["buckets", "encryption-in-transit"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 2.1.1", "FSBP: S3.5", "PCI DSS 4.0.1: 4.2.1"],
    why: "S3 answers plain HTTP as well; a link or a tool that says http sends file and signature readable over the wire.",
    mend: "Deny `s3:*` to everybody on the bucket and its objects (`arn` and `arn/*`) when `Bool: {\"aws:SecureTransport\": \"false\"}`.",
    kinds: [BUCKET],
    relate: (bucket, stack, report) => {
      const holders = [bucket, ...beside(bucket, stack, POLICY)];
      const refused = any(holders.map((holder) => () => statements(holder.at("policy")).some((statement) => refusesPlain(statement, ["s3:*"]) && isAboutAll(statement))));
      if (!refused) report(bucket, "has no policy that refuses all requests without TLS, on bucket and objects");
    },
  },
  {
    id: "storage/ownership",
    title: "The account owns every object in its buckets",
    items: ["buckets"],
    severity: "medium",
    frameworks: ["FSBP: S3.12"],
    why: "With lists in force, whoever uploads owns the object, and may keep the bucket's owner from reading or deleting it.",
    mend: "Set `rule.objectOwnership: \"BucketOwnerEnforced\"`.",
    ...demand({ "aws:s3:BucketOwnershipControls": { "rule.objectOwnership": is("BucketOwnerEnforced") } }),
  },
  {
    id: "storage/cors",
    title: "Buckets answer scripts of known origins only",
    items: ["buckets"],
    severity: "medium",
    frameworks: [],
    why: "With a star every page that a user opens may use the user's presigned links to read and to upload.",
    mend: "Name the origins in `allowedOrigins`, such as https://shop.example.com.",
    kinds: [BUCKET, CORS],
    check: (holder, report) => holder.at("corsRules").each((rule) => checkOrigins(rule, report)),
  },
  {
    id: "storage/website",
    title: "No bucket is a website",
    items: ["buckets", "network-exposure"],
    severity: "high",
    frameworks: [],
    why: "The website endpoint speaks plain HTTP only and needs the bucket to be public; WAF and headers of the distribution are passed by.",
    mend: "Take `website` away and serve the bucket by a distribution with an origin access control.",
    kinds: [BUCKET, WEBSITE],
    check: (holder, report) => {
      if (holder.is(WEBSITE)) return report(holder, "makes the bucket a website");
      for (const website of [holder.at("website"), holder.at("websites")]) if (website.items.length > 0) report(website, "makes the bucket a website");
    },
  },
];

/** Whether a statement is about a bucket and about what is in it. */
function isAboutAll(statement: Value): boolean {
  const resources = statement.at("Resource").texts.map((one) => one.text ?? "");
  return resources.includes("*") || (resources.some((arn) => arn.endsWith("/*")) && resources.some((arn) => !arn.includes("/")));
}
