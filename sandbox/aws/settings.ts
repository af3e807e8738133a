/** The provider's own configuration: what `new aws.Provider(…)` and `aws:…` config keys say. */
import { hasUnknown, isObject, plain, type Plain, type ValueObject, textOf } from "./values.ts";

/** Account of the simulated cloud where the configuration does not allow exactly one (the documentation's own example account). */
export const DEFAULT_ACCOUNT = "123456789012";
/** Region where the configuration names none. */
export const DEFAULT_REGION = "us-east-1";

export interface Settings {
  readonly region: string;
  readonly account: string;
  /** Tags of every taggable resource; a resource's own tag of the same key wins. */
  readonly defaultTags: Readonly<Record<string, string>>;
  /** Tag keys that the provider leaves alone. */
  readonly ignoreTags: { readonly keys: readonly string[]; readonly keyPrefixes: readonly string[] };
}

/** Keys of the AWS provider's configuration (typings of the SDK's `ProviderArgs`). */
const KEYS = new Set([
  "accessKey", "allowedAccountIds", "assumeRoles", "assumeRoleWithWebIdentity", "customCaBundle", "defaultTags",
  "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "endpoints", "forbiddenAccountIds", "httpProxy",
  "httpsProxy", "ignoreTags", "insecure", "maxRetries", "noProxy", "profile", "region", "retryMode",
  "s3UsEast1RegionalEndpoint", "s3UsePathStyle", "secretKey", "sharedConfigFiles", "sharedCredentialsFiles",
  "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId",
  "stsRegion", "tagPolicyCompliance", "token", "tokenBucketRateLimiterCapacity", "useDualstackEndpoint",
  "useFipsEndpoint", "userAgents", "version", "pluginDownloadURL",
]);

/** What is wrong with a provider's configuration, property by property; unknown values are not judged. */
export function settingsFailures(config: ValueObject): { property: string; reason: string }[] {
  const failures = Object.keys(config)
    .filter((key) => !KEYS.has(key) && !key.startsWith("__"))
    .map((key) => ({ property: key, reason: `"${key}" is not a setting of the aws provider` }));
  const region = config.region;
  if (typeof region === "string" && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    failures.push({ property: "region", reason: `"${region}" is not an AWS region, such as ${DEFAULT_REGION}` });
  }
  const accounts = config.allowedAccountIds;
  if (accounts !== undefined && !hasUnknown(accounts)) {
    const wrong = strings(structured(plain(accounts))).find((account) => !/^\d{12}$/.test(account));
    if (wrong !== undefined) failures.push({ property: "allowedAccountIds", reason: `"${wrong}" is not an account id of 12 digits` });
  }
  return failures;
}

/** Reads a provider's configuration; values may be JSON text, as the SDK sends structured settings. */
export function settingsOf(config: ValueObject): Settings {
  const values = plain(config);
  const allowed = strings(structured(values.allowedAccountIds ?? []));
  const only = allowed.length === 1 ? allowed[0] : undefined;
  const ignore = structured(values.ignoreTags ?? {});
  return {
    region: typeof values.region === "string" && values.region !== "" ? values.region : process.env.AWS_REGION ?? DEFAULT_REGION,
    account: only ?? DEFAULT_ACCOUNT,
    defaultTags: tagMap(structured(values.defaultTags ?? {})),
    ignoreTags: isObject(ignore)
      ? { keys: strings(ignore.keys), keyPrefixes: strings(ignore.keyPrefixes) }
      : { keys: [], keyPrefixes: [] },
  };
}

function structured(value: Plain): unknown {
  if (typeof value !== "string" || value === "") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function tagMap(value: unknown): Record<string, string> {
  const tags = isObject(value) && isObject(value.tags) ? value.tags : {};
  return Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, textOf(tag)]));
}
