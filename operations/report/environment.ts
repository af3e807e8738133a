/** What reports say of where they were made: version, and the page of this checkout at a code host's CI. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { RenderOptions } from "./report.ts";

/** From the environment of GitHub Actions or GitLab CI; elsewhere there is no `home`. */
export function reportEnvironment(env: NodeJS.ProcessEnv): Pick<RenderOptions, "version" | "home" | "root"> {
  const home = homeOf(env);
  return { version: version(), root: process.cwd(), ...(home === undefined ? {} : { home }) };
}

function homeOf(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA, CI_PROJECT_URL, CI_COMMIT_SHA } = env;
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_SHA) return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/blob/${GITHUB_SHA}`;
  return CI_PROJECT_URL && CI_COMMIT_SHA ? `${CI_PROJECT_URL}/-/blob/${CI_COMMIT_SHA}` : undefined;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(path.join(import.meta.dirname, "..", "..", "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
