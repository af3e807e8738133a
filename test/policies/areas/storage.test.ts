import { describe, expect, it } from "vitest";
import { matches } from "../../../policies/areas/iamDocuments.ts";

describe("a pattern of IAM", () => {
  it.each([
    ["*", "", true], ["*", "s3:GetObject", true], ["s3:*", "s3:GetObject", true], ["S3:getobject", "s3:GetObject", true],
    ["s3:Get?bject", "s3:GetObject", true], ["s3:Get?", "s3:Get", false], ["s3:*Object", "s3:GetObjectTagging", false],
    ["s3:*Object*", "s3:GetObjectTagging", true], ["s3:Get", "s3:GetObject", false], ["a*b*c", "aXbYbZc", true], ["a*b*c", "aXbYb", false],
    ["**", "x", true], ["a.c", "abc", false], ["", "", true], ["", "a", false],
  ])("%j on %j: %s", (pattern, name, covers) => {
    expect(matches(pattern, name)).toBe(covers);
  });

  it("of many stars is decided, and soon", () => {
    expect(matches(`${"*a".repeat(40)}b`, "a".repeat(2000))).toBe(false);
  });
});
