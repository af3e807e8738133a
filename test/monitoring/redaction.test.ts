/** No secret leaves the node in a log line, and nothing else is changed: the real script, by LuaJIT. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, logOf, redacted, TAG } from "./redactionRun.ts";

const GONE = "[REDACTED]";
/** Stands in every secret of these tests, and nowhere else. */
const MARK = "zqXjMark";
const SENSITIVE = /password|token|key|secret|authorization|cookie|session|passwd|passphrase|pwd|credential/i;
/** Looks like a secret, or like the beginning of JSON or of a field in text. */
const LOOKS = /eyJ|bearer|basic|digest|:\/\/|[{}[\]]|-----|--|[=:]/i;

const word = fc.string({ unit: fc.oneof(fc.constantFrom(..."abcdeXYZ019 _-.,\\\"'/\n\t€é😀".match(/./gsu) ?? []), fc.string({ minLength: 1, maxLength: 1 })), maxLength: 12 }).filter((text) => !SENSITIVE.test(text) && !LOOKS.test(text));
const benignName = word.filter((text) => text !== "__proto__" && text !== "audit");
const secretName = fc.tuple(fc.constantFrom("", "db_", "user.", "x-", "old"), fc.constantFrom("password", "token", "apiKey", "SECRET", "Authorization", "cookie", "session", "Passwd", "passphrase", "pwd", "credentials"), fc.constantFrom("", "Id", "_2", "-hash"))
  .map((parts) => parts.join(""));
const secretText = fc.tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 })).map(([before, after]) => `${before}${MARK}${after}`);
const secretValue: fc.Arbitrary<unknown> = fc.oneof(secretText, fc.array(secretText, { maxLength: 3 }), fc.record({ a: secretText, b: fc.record({ c: secretText }) }), fc.integer(), fc.constant(null));

/** A tree, and what it must become. */
interface Tree {
  given: unknown;
  wanted: unknown;
}
const { tree } = fc.letrec<{ tree: Tree; object: Tree; list: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.oneof(word, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)).map((given) => ({ given, wanted: given })),
  list: fc.array(tie("tree"), { maxLength: 4 }).map((items) => ({ given: items.map(({ given }) => given), wanted: items.map(({ wanted }) => wanted) })),
  object: fc.tuple(fc.array(fc.tuple(benignName, tie("tree")), { maxLength: 4 }), fc.array(fc.tuple(secretName, secretValue), { maxLength: 2 })).map(([benign, secrets]) => ({
    given: Object.fromEntries([...benign.map(([name, { given }]) => [name, given] as const), ...secrets]),
    wanted: Object.fromEntries([...benign.map(([name, { wanted }]) => [name, wanted] as const), ...secrets.map(([name]) => [name, GONE] as const)]),
  })),
  tree: fc.oneof({ depthSize: "medium" }, tie("leaf"), tie("object"), tie("list")),
}));
const object = tree.filter(({ given }) => typeof given === "object" && given !== null && !Array.isArray(given));
const trees = fc.array(object, { minLength: 1, maxLength: 25 });
const RUNS = { numRuns: 60 };

/** JSON as others may write it: with spaces, or with signs escaped that need not be. */
const WRITERS: Record<string, (value: unknown) => string> = {
  "without a space": (value) => JSON.stringify(value),
  "on several lines": (value) => JSON.stringify(value, null, 2),
  "with letters escaped": (value) => JSON.stringify(value).replaceAll(/(?<!\\)e(?![+-]?\d)/g, (sign, at: number, text: string) => (inString(text, at) ? "\\u0065" : sign)),
};

function inString(text: string, at: number): boolean {
  let isQuoted = false;
  for (let place = 0; place < at; place++) {
    if (text[place] === "\\") place++;
    else if (text[place] === '"') isQuoted = !isQuoted;
  }
  return isQuoted;
}

describe("lines of JSON", () => {
  test.each(Object.entries(WRITERS))("%s lose every secret, however deep, and nothing else", (_, write) => {
    fc.assert(fc.property(trees, (all) => {
      const out = collect(all.map(({ given }) => write(given)));
      expect(out.map(logOf)).toEqual(all.map(({ wanted }) => JSON.parse(JSON.stringify(wanted)) as unknown));
      for (const { message } of out) expect(message).not.toContain(MARK);
    }), RUNS);
  });

  test("without a secret are sent as they were, letter by letter", () => {
    const lines = ['{"n":1.0,"big":12345678901234567890,"e":[],"o":{},"z":-0,"f":1e+30}', '{ "a" : [ 1 , 2 ] ,\t"b":"\\u00e9\\/" }', '{"a":1,"a":2,"b":null}'];
    for (const [index, { message }] of collect(lines).entries()) expect(message).toContain(`"log":${lines[index]}}`);
  });

  test("in strings of lines of JSON lose them, too", () => {
    fc.assert(fc.property(trees, (all) => {
      const out = collect(all.map(({ given }) => JSON.stringify({ request: { body: JSON.stringify({ inner: JSON.stringify(given) }) } })));
      const inner = out.map((one) => JSON.parse((JSON.parse((logOf(one) as { request: { body: string } }).request.body) as { inner: string }).inner) as unknown);
      expect(inner).toEqual(all.map(({ wanted }) => JSON.parse(JSON.stringify(wanted)) as unknown));
    }), RUNS);
  });

  test("cut off anywhere, or with text before and behind, still lose them", () => {
    fc.assert(fc.property(trees, fc.nat(), (all, cut) => {
      const texts = all.map(({ given }) => JSON.stringify(given));
      for (const { message } of collect(texts.flatMap((text) => [text.slice(0, cut % (text.length + 1)), `12:30 INFO sent ${text} in 3 ms`, `${text}${text}`]))) expect(message).not.toContain(MARK);
    }), RUNS);
  });
});

describe("headers and other pairs", () => {
  test.each([
    [{ headers: [{ name: "Authorization", value: MARK }, { name: "Accept", value: "text/html" }] }, { headers: [{ name: "Authorization", value: GONE }, { name: "Accept", value: "text/html" }] }],
    [{ rawHeaders: ["Host", "shop", "Cookie", MARK, "Accept", "a"] }, { rawHeaders: ["Host", "shop", "Cookie", GONE, "Accept", "a"] }],
    [{ form: [{ field: "new_password", content: { a: MARK } }] }, { form: [{ field: "new_password", content: GONE }] }],
  ])("%j", (given, wanted) => {
    expect(redacted(JSON.stringify(given))).toEqual(wanted);
  });
});

describe("lines of text", () => {
  test.each([
    [`GET /reset?token=${MARK}&page=2 HTTP/1.1`, `GET /reset?token=${GONE}&page=2 HTTP/1.1`],
    [`user=bob password=${MARK},${MARK};x done=yes`, `user=bob password=${GONE} done=yes`],
    [`user=bob,password=${MARK},role=admin`, `user=bob,password=${GONE},role=admin`],
    [`secret: "${MARK} \\" ${MARK}" next`, `secret: "${GONE}" next`],
    [`api_key => '${MARK}' next`, `api_key => '${GONE}' next`],
    [`Authorization: Basic ${MARK}=`, `Authorization: ${GONE}`],
    [`authorization: Digest username="a", response="${MARK}"`, `authorization: ${GONE}`],
    [`curl -H "X-Api-Key: ${MARK}" url`, `curl -H "X-Api-Key: ${GONE} url`],
    [`Set-Cookie: sid=${MARK}; Path=/; HttpOnly`, `Set-Cookie: ${GONE}`],
    [`sent with Bearer ${MARK}.abc`, `sent with Bearer ${GONE}`],
    [`migrate --db-password ${MARK} --verbose`, `migrate --db-password ${GONE} --verbose`],
    [`cannot reach postgres://app:p@ss${MARK}@db:5432/app`, `cannot reach postgres://app:${GONE}@db:5432/app`],
    [`jwt eyJhbGciOi.${MARK}.${MARK} refused`, `jwt ${GONE} refused`],
    [`read -----BEGIN RSA PRIVATE KEY-----\n${MARK}\n-----END RSA PRIVATE KEY----- ok`, `read ${GONE} ok`],
    [`cut -----BEGIN PRIVATE KEY-----\n${MARK}`, `cut ${GONE}`],
    [`secret={"a":{"b":"}${MARK}"}} behind`, `secret=${GONE} behind`],
    [`{\\"password\\":\\"${MARK} x\\",\\"user\\":\\"bob\\"}`, `{\\"password\\":\\"${GONE}\\",\\"user\\":\\"bob\\"}`],
    [`params[password]=${MARK}&params[user]=bob`, `params[password]=${GONE}&params[user]=bob`],
    [`session = ${MARK}\nuser = bob`, `session = ${GONE}\nuser = bob`],
  ])("%j", (line, wanted) => {
    expect(redacted(line)).toBe(wanted);
    expect(wanted).not.toContain(MARK);
  });

  test.each(["12:30:01 [warn] a=b {not json} (x) [1,2]", "ratio 3:4, path C:\\temp, http://shop.example.com:80/a?b=c&d=e", "", "   ", "{", "-- x", "50% of 20 €"])("without a secret stay: %j", (line) => {
    expect(redacted(line)).toBe(line);
  });

  test("lose any value behind a name that says so, and no word beside it", () => {
    const field = fc.tuple(secretName, fc.constantFrom("=", ": ", " = ", ":", "=>"), fc.constantFrom("", '"', "'"), fc.string({ unit: fc.constantFrom(..."abcXYZ019!#$%^*+/?~."), maxLength: 8 }))
      .map(([name, between, quote, rest]) => `${name}${between}${quote}${MARK}${rest}${quote}`);
    const plainWord = fc.constantFrom("alpha", "beta", "user=bob", "n: 4", "(done)", "50%");
    fc.assert(fc.property(fc.array(fc.oneof(plainWord, field.filter((text) => !/authorization|cookie/i.test(text))), { minLength: 1, maxLength: 8 }), (parts) => {
      const text = redacted(parts.join(" ")) as string;
      expect(text).not.toContain(MARK);
      expect(text.match(/alpha|beta|user=bob|n: 4|\(done\)|50%/g) ?? []).toEqual(parts.filter((part) => !part.includes(MARK)));
    }), { numRuns: 150 });
  });
});

describe("what is sent", () => {
  test("says where the line comes from, by the tag, and goes to the group of its class", () => {
    const [one] = collect(['{"level":"info"}'], { stream: "stderr" });
    expect(one).toEqual({ code: 2, class: "application", source: "shop.app-blue-7d9f-x.app", message: '{"class":"application","namespace":"shop","pod":"app-blue-7d9f-x","container":"app","stream":"stderr","log":{"level":"info"}}' });
    expect(collect(["x"], { tag: "ingress_ingress_nginx-1_nginx" })[0]).toMatchObject({ class: "ingress", source: "ingress.nginx-1.nginx" });
  });

  test.each([
    ['{"audit":true,"actor":"bob"}', TAG, "audit"],
    ['{"actor":"bob", "audit" : true }', TAG, "audit"],
    ['{"audit":"true"}', TAG, "application"],
    ['{"a":{"audit":true}}', TAG, "application"],
    ['text {"audit":true}', TAG, "application"],
    ['{"audit":true}', "system_jobs_dump-1_dump", "system"],
  ])("%s of %s belongs to %s", (line, tag, logClass) => {
    expect(collect([line], { tag })[0]?.class).toBe(logClass);
  });

  test("can not be told another origin by what the line says", () => {
    const [one] = collect([`{"class":"audit","namespace":"kube-system","source":"x"}`]);
    expect(one?.class).toBe("application");
    expect(JSON.parse(one?.message ?? "")).toMatchObject({ class: "application", namespace: "shop", log: { class: "audit" } });
  });

  test.each([
    ['{"time":"2026-01-01T00:00:00Z","path":"/a","status":"429","upstream_status":"503"}', "429"],
    ['{"status": 200 }', "200"],
    ['{"status":"-"}', undefined],
    ['{"status":"20000"}', undefined],
    ['{"inner":{"status":"500"}}', undefined],
    ['2026/01/01 00:00:00 [warn] "status":"500"', undefined],
  ])("says of %s, when NGINX wrote it, the status %s, which is counted", (line, status) => {
    expect(collect([line], { tag: "ingress_ingress_nginx-1_nginx" }).map((one) => one.status)).toEqual([status]);
    expect(collect([line]).map((one) => one.status)).toEqual([undefined]);
  });

  test("is nothing of a line that the script fails at", () => {
    expect(collect([`password ${MARK}`], { tag: "" })).toEqual([{ code: 2, class: "system", source: "redaction", message: '{"class":"system","log":"a line could not be redacted and is left out"}' }]);
  });

  test("comes in time, whatever the line", () => {
    const long = 60_000;
    const worst = ["a", "{", '{"a":', "[{", "a=b ", "password=", 'password="', "token={", '"', "\\", "eyJ", "://a:", "-", "bearer ", "-----BEGIN PRIVATE KEY-----"].map((part) => part.repeat(Math.ceil(long / part.length)));
    const started = performance.now();
    expect(collect(worst)).toHaveLength(worst.length);
    // A thousand times what it takes; a line that takes time by its square would take minutes.
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
