import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../stacks/config.ts";
import { SECRETS, changed, isConfigError, mistakesIn, parse, validValues } from "./values.ts";

function message(values: Record<string, unknown>, secretKeys: string[] = Object.keys(SECRETS)): string {
  try {
    parseConfig({ values, secretKeys: new Set(secretKeys), stack: "production", source: "Pulumi.production.yaml" });
    return "";
  } catch (error) {
    if (isConfigError(error)) return error.message;
    throw error;
  }
}

/** As the engine hands values to a program: every value is text. */
function asText(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`golive:${name}`, typeof value === "string" ? value : JSON.stringify(value)]));
}

describe("messages", () => {
  test("every mistake at once, in the order of the reference, literally", () => {
    const values = changed({ regoin: "eu-west-1", accountId: 123456789012, postgres: { storgeGib: 100, storageGib: 5 }, zones: ["a", "b", "b"], edge: { domain: "not a host" } });
    expect(message(values)).toBe(`The configuration of stack production (Pulumi.production.yaml) has 6 mistakes:

  regoin
    given:   an unknown key
    allowed: did you mean region?

  accountId
    given:   123456789012 (a number)
    allowed: 12 digits, quoted so that YAML keeps a leading zero
    example: "123456789012"
    mend:    put it in quotes: "123456789012"

  zones
    given:   b twice
    allowed: each zone once
    why:     two subnets in one zone look like two zones and are lost together
    mend:    replace one b by another zone

  postgres.storageGib
    given:   5
    allowed: a whole number from 20 to 65536 (GiB)
    example: 100

  postgres.storgeGib
    given:   an unknown key
    allowed: did you mean postgres.storageGib?

  edge.domain
    given:   "not a host"
    allowed: a DNS name such as shop.example.com
    example: "shop.example.com"`);
  });

  test("one mistake is not called mistakes, and nothing is a stack trace", () => {
    expect(message(changed({ owner: undefined }))).toBe(`The configuration of stack production (Pulumi.production.yaml) has 1 mistake:

  owner
    given:   nothing
    allowed: an e-mail address
    example: "platform@example.com"`);
  });

  test("the capacity rule shows the sum", () => {
    const [mistake] = mistakesIn(changed({ app: { replicas: { min: 6 } } }));
    expect(mistake).toMatchObject({
      path: "nodes",
      given: "4490m CPU, 14036Mi memory, 52 pods needed: live color 6 × 200m/512Mi + idle color 6 × 200m/512Mi + ingress 3 × 100m/256Mi + monitoring 1000m/4Gi + cluster services 790m/3028Mi",
      allowed: "3500m CPU, 13434Mi memory, 58 pods: 2 of 3 t3.large in general after the loss of one of 3 zones, system and node agents taken off",
    });
  });

  test("Pulumi prints it without a stack trace", () => {
    expect(new ConfigError([], "production").__pulumiRunError).toBe(true);
  });
});

describe("secrets", () => {
  test("a missing one comes with the exact command", () => {
    expect(message(changed({ postgresMasterPassword: undefined }))).toContain(`  postgresMasterPassword
    given:   nothing
    allowed: a Pulumi secret
    mend:    pulumi config set --secret postgresMasterPassword --stack production "$(openssl rand -hex 24)"`);
  });

  test("plain text is refused, not shown, and the command replaces it", () => {
    const text = message(changed({ redisAuthToken: "plain-text-in-the-file" }), ["postgresMasterPassword", "pagerUrl", "notificationSecrets"]);
    expect(text).toContain("given:   plain text (not shown)");
    expect(text).toContain("pulumi config rm redisAuthToken --stack production && pulumi config set --secret redisAuthToken --stack production");
    expect(text).not.toContain("plain-text-in-the-file");
  });

  test("a secret with a bad value is named, not shown", () => {
    const text = message(changed({ redisAuthToken: "short/bad" }));
    expect(text).toContain("redisAuthToken\n    given:   a secret (not shown)\n    allowed: 16 to 128 printable characters");
    expect(text).not.toContain("short/bad");
  });

  test("any other key may be a secret, and then is not shown either", () => {
    expect(parseConfig({ values: validValues(), stack: "production", secretKeys: new Set([...Object.keys(SECRETS), "golive:owner"]) }).owner).toBe("platform@example.com");
    const text = message(changed({ postgres: { databaseName: "Hidden!" } }), [...Object.keys(SECRETS), "golive:postgres"]);
    expect(text).toContain("postgres.databaseName\n    given:   a secret (not shown)");
    expect(text).not.toContain("Hidden!");
  });

  test("encrypted values of a stack file count as given", () => {
    const secure = { secure: "v1:AAAAAAAAAAAAAAAA:BBBBBBBB" };
    const values = changed({ postgresMasterPassword: secure, redisAuthToken: secure, pagerUrl: secure, notificationSecrets: { slackToken: secure, pagerdutyRoutingKey: secure, deadMansSwitchUrl: secure }, owner: secure, app: { settings: { FLAG: "on" } } });
    const config = parseConfig({ values, stack: "production" });
    expect(config.postgresMasterPassword).toBe("not-a-secret-placeholder");
    expect(config.owner).toBe("platform@example.com");
  });
});

describe("values", () => {
  test("text of the engine and data of a file give the same configuration", () => {
    const values = changed({ protect: false, zones: ["a", "b", "c", "d"], app: { replicas: { min: 4 } }, redis: { nodes: 4 }, nodes: { general: { instanceType: "m6i.xlarge", min: 4, desired: 4, max: 9, diskGib: 20 } } });
    const secretKeys = new Set(Object.keys(SECRETS).map((name) => `golive:config:${name}`));
    expect(parseConfig({ values: asText(values), secretKeys, stack: "production" })).toEqual(parse(values));
  });

  test("text that looks like a number stays text", () => {
    const config = parse(changed({ accountId: "012345678901", costCenter: "4711", cluster: { access: { connectionArn: "arn:aws:codeconnections:us-east-1:012345678901:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4" } } }));
    expect(config.accountId).toBe("012345678901");
    expect(config.costCenter).toBe("4711");
  });

  test("text is never guessed into another type", () => {
    expect(mistakesIn(changed({ protect: "yes" }))[0]).toMatchObject({ path: "protect", given: '"yes" (text)', allowed: "true or false" });
    expect(mistakesIn(changed({ zones: "a,b,c" }))[0]).toMatchObject({ path: "zones", given: 'text that is no JSON: "a,b,c"' });
    expect(mistakesIn(changed({ ingress: { replicas: "3" } }))[0]).toMatchObject({ path: "ingress.replicas", given: '"3" (text)', allowed: "a whole number from 2 to 20" });
  });

  test("other namespaces are ignored, but aws:region must agree", () => {
    expect(mistakesIn({ ...validValues(), "aws:region": "us-east-1", "kubernetes:namespace": 5, "pulumi:tags": {} })).toEqual([]);
    expect(mistakesIn({ ...validValues(), "aws:region": "eu-west-1" })).toEqual([
      { path: "aws:region", given: '"eu-west-1"', allowed: 'the same as region, "us-east-1"', mend: "pulumi config rm aws:region --stack production; the program's provider takes region" },
    ]);
  });

  test("sections are laid over the profile, entries by name replace it", () => {
    const config = parse(changed({ postgres: { replicas: 1 }, nodes: { other: { instanceType: "m6i.2xlarge", min: 3, desired: 3, max: 4, diskGib: 50 } }, release: { canary: { weights: [100] } } }));
    expect(config.postgres.replicas).toBe(1);
    expect(config.postgres.instanceClass).toBe("db.r5.large");
    expect(Object.keys(config.nodes)).toEqual(["other"]);
    expect(config.nodes["other"]?.capacityType).toBe("ON_DEMAND");
    expect(config.release.canary.weights).toEqual([100]);
  });

  test("rules about sound keys are checked although other keys are broken", () => {
    const paths = mistakesIn(changed({ owner: "nobody", backups: { copyRegion: "us-east-1" }, postgres: { storageGib: "big", maxStorageGib: 20 } })).map(({ path }) => path);
    expect(paths).toEqual(["owner", "postgres.storageGib", "backups.copyRegion"]);
  });

  test("a text of a megabyte is answered at once", () => {
    const started = process.cpuUsage();
    const [mistake] = mistakesIn(changed({ ingress: { chartVersion: `${"1.".repeat(500_000)}!` } }));
    expect(mistake).toMatchObject({ path: "ingress.chartVersion", given: "text of 1000001 characters" });
    // Of processor time, which a busy machine does not stretch.
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(500);
  });

  test("two parses share nothing", () => {
    const one = parse(validValues());
    one.postgres.partitionedTables.push("app.changed");
    one.cluster.services.coredns.version = "changed";
    expect(parse(validValues()).postgres.partitionedTables).toEqual([]);
    expect(parse(validValues()).cluster.services.coredns.version).toMatch(/^v1\./);
  });
});
