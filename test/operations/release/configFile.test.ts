/** A stack file that commands change: what they write, what they leave, and what they take back. */
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { changeConfig, type Changes, changedText, overridesOf } from "../../../operations/release/configFile.ts";

const LONG = "a text of more than eighty columns that a writer of YAML would like to fold at the end of the line";
const TEXT = `# what it is
config:
  golive:activeColor: blue # the live one
  golive:images: { blue: one, green: two }
  golive:note: ${LONG}
  golive:release:
    # Short, because everything is near.
    serial: 3
    canary: { weight: 25, weights: [ 5, 25, 100 ] }
`;
const CHANGES: Changes = [{ path: ["golive:activeColor"], value: "green" }, { path: ["golive:release", "serial"], value: 4 }];
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "config-"));
  file = path.join(folder, "Pulumi.dev.yaml");
  writeFileSync(file, TEXT);
  return () => rmSync(folder, { recursive: true });
});
const now = (): string => readFileSync(file, "utf8");

describe("a change", () => {
  it("changes its values and no other character, and is taken back whole", async () => {
    const restore = await changeConfig(folder, "dev", CHANGES);
    expect(now()).toBe(TEXT.replace("activeColor: blue", "activeColor: green").replace("serial: 3", "serial: 4"));
    expect(await restore()).toBe("restored");
    expect(now()).toBe(TEXT);
  });

  it("adds what is absent, and removes what has no value", () => {
    const text = changedText(TEXT, [{ path: ["golive:release", "drainIdle"], value: false }, { path: ["golive:release", "canary", "weight"], value: undefined }, { path: ["golive:other", "absent"], value: undefined }], "Pulumi.dev.yaml");
    expect(text).toContain("drainIdle: false");
    expect(text).toContain("canary: { weights: [ 5, 25, 100 ] }");
    expect(text).not.toContain("other");
    expect(text).toContain(LONG);
  });

  it("keeps the file's mode, and the link by which it is there", async () => {
    const real = path.join(folder, "elsewhere.yaml");
    writeFileSync(real, TEXT);
    chmodSync(real, 0o664);
    rmSync(file);
    symlinkSync(real, file);
    await changeConfig(folder, "dev", CHANGES);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o664);
    expect(readFileSync(real, "utf8")).toContain("activeColor: green");
  });

  it("taken back leaves what somebody else has written meanwhile, and says when it is the same value", async () => {
    const restore = await changeConfig(folder, "dev", CHANGES);
    writeFileSync(file, now().replace("blue: one", "blue: three"));
    expect(await restore()).toBe("restored");
    expect(now()).toBe(TEXT.replace("blue: one", "blue: three"));
    const again = await changeConfig(folder, "dev", CHANGES);
    writeFileSync(file, now().replace("serial: 4", "serial: 9"));
    expect(await again()).toBe("changed by somebody else");
    expect(now()).toContain("serial: 9");
  });

  it("taken back leaves a file alone that somebody has broken meanwhile: what went wrong before is not hidden by it", async () => {
    const restore = await changeConfig(folder, "dev", CHANGES);
    writeFileSync(file, "config: [\n");
    expect(await restore()).toBe("changed by somebody else");
    expect(now()).toBe("config: [\n");
  });

  it("of several commands at once loses none", async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => changeConfig(folder, "dev", [{ path: ["golive:images", `color${index}`], value: index }])));
    for (let index = 0; index < 10; index++) expect(now()).toContain(`color${index}: ${index}`);
  });

  it("of a file that is none says where it is wrong, and writes nothing", async () => {
    writeFileSync(file, "config: [\n");
    await expect(changeConfig(folder, "dev", CHANGES)).rejects.toThrow(/Pulumi\.dev\.yaml:\d+:\d+: this is not YAML/);
    expect(now()).toBe("config: [\n");
  });
});

it("the sandbox takes the same values by their keys", () => {
  expect(overridesOf([...CHANGES, { path: ["golive:release", "canary", "weight"], value: undefined }])).toEqual({ "golive:activeColor": "green", "golive:release.serial": 4, "golive:release.canary.weight": undefined });
});
