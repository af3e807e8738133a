/** Who acts: for records that others read later. */
import { userInfo } from "node:os";

/** The person or pipeline, as far as this machine knows. */
export function operator(env: NodeJS.ProcessEnv = process.env): string {
  return env["GITHUB_ACTOR"] ?? env["GITLAB_USER_LOGIN"] ?? userInfo().username;
}
