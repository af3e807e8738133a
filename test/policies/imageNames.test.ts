/** Names of images, as container runtimes read them. */
import { describe, expect, it } from "vitest";
import { isPinned, liesIn, locationOf } from "../../policies/imageNames.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

it.each([
  ["nginx", "docker.io/library/nginx"],
  ["nginx:1.27", "docker.io/library/nginx"],
  [`nginx@${DIGEST}`, "docker.io/library/nginx"],
  ["bitnami/nginx:1.27", "docker.io/bitnami/nginx"],
  ["docker.io/bitnami/nginx", "docker.io/bitnami/nginx"],
  ["ghcr.io/team/app/web:1", "ghcr.io/team/app/web"],
  ["GHCR.io/team/app", "ghcr.io/team/app"],
  ["Registry/app", "registry/app"],
  ["localhost/app", "localhost/app"],
  ["local/app", "docker.io/local/app"],
  ["host:5000/app:1", "host:5000/app"],
  [`host:5000/app:1@${DIGEST}`, "host:5000/app"],
  ["host.example:5000", "docker.io/library/host.example"],
])("%s lies at %s", (image, location) => {
  expect(locationOf(image)).toBe(location);
});

describe("an allowed registry", () => {
  it.each([
    ["ghcr.io", "ghcr.io/team/app", true],
    ["ghcr.io/", "ghcr.io/team/app", true],
    ["GHCR.IO", "ghcr.io/team/app", true],
    ["ghcr.io/team", "ghcr.io/team/app", true],
    ["ghcr.io/team/app", "ghcr.io/team/app", true],
    ["ghcr.io/tea", "ghcr.io/team/app", false],
    ["ghcr.io/Team", "ghcr.io/team/app", false],
    ["ghcr.io/team/app", "ghcr.io/team/app2", false],
    ["ghcr.io/team/app/web", "ghcr.io/team/app", false],
    ["ghcr.io", "ghcr.io.evil.example/team/app", false],
    ["ghcr.io", "evil.example/ghcr.io/app", false],
    ["ghcr.io", "ghcrxio/team/app", false],
    ["host:5000", "host:5000/app", true],
    ["host", "host:5000/app", false],
    ["*.dkr.ecr.*.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop", true],
    ["*.dkr.ecr.*.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example/shop", false],
    ["*.dkr.ecr.*.amazonaws.com", "a.b.dkr.ecr.us-east-1.amazonaws.com/shop", false],
    ["*.amazonaws.com", "evil.example/x.amazonaws.com/shop", false],
    ["*", "host:5000/app", false],
    ["ghcr.io/team-*", "ghcr.io/team-web.two/app", true],
    ["ghcr.io/*/app", "ghcr.io/team/app", true],
    ["ghcr.io/*/app", "ghcr.io/team/other/app", false],
    ["ghcr.io/*", "ghcr.io/team/app", true],
  ])("%s: %s is %s", (registry, location, expected) => {
    expect(liesIn(location, registry)).toBe(expected);
  });
});

it.each([
  [`app@${DIGEST}`, true],
  [`app:1@${DIGEST}`, true],
  ["app:1", false],
  [`app@${DIGEST}0`, false],
  [`app@${DIGEST.slice(0, -1)}`, false],
  [`app@${DIGEST.toUpperCase()}`, false],
  [`app@${DIGEST}/x`, false],
  [`app@x${DIGEST}`, false],
])("%s is pinned: %s", (image, expected) => {
  expect(isPinned(image)).toBe(expected);
});
