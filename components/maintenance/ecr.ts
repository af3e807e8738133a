/** Images of Amazon ECR, by the form of their references; imported by configuration rules, so it needs no cloud library. */

/** `account.dkr.ecr.region…/name@sha256:…` → the repository's ARN; undefined for an image of another registry. */
export function ecrRepository(image: string): string | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^@]+)@/.exec(image);
  return match === null ? undefined : `arn:aws:ecr:${match[2]}:${match[1]}:repository/${match[3]}`;
}
