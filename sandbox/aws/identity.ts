/**
 * Identifiers in the formats of the services, derived from a seed by a hash: the same seed gives the same
 * identifier on every machine and in every run.
 */
import { createHash } from "node:crypto";

/** Bits of a hash as a big number, so that any alphabet can be drawn from it. */
function digest(seed: string, salt: string): bigint {
  return BigInt(`0x${createHash("sha512").update(seed).update("\0").update(salt).digest("hex")}`);
}

function draw(seed: string, salt: string, alphabet: string, length: number): string {
  let rest = digest(seed, salt);
  let text = "";
  for (let round = 0; text.length < length; text += alphabet.charAt(Number(rest % BigInt(alphabet.length))), rest /= BigInt(alphabet.length)) {
    if (rest === 0n) rest = digest(seed, `${salt}#${++round}#${text.length}`);
  }
  return text;
}

export function hex(seed: string, salt: string, length: number): string {
  return draw(seed, salt, "0123456789abcdef", length);
}

export function digits(seed: string, salt: string, length: number): string {
  return draw(seed, salt, "0123456789", length);
}

/** Upper case letters and digits, as in `E2QWRUHAPOMQZL` or `AROA…`. */
export function upper(seed: string, salt: string, length: number): string {
  return draw(seed, salt, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length);
}

/** Lower case letters and digits, as in the middle of an RDS endpoint. */
export function lower(seed: string, salt: string, length: number): string {
  return draw(seed, salt, "abcdefghijklmnopqrstuvwxyz0123456789", length);
}

/** Letters of both cases and digits, as in the suffix of a secret's ARN. */
export function mixed(seed: string, salt: string, length: number): string {
  return draw(seed, salt, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);
}

/** A version 4 UUID. */
export function uuid(seed: string, salt: string): string {
  const h = hex(seed, salt, 32);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
}

/** Digits of an EC2 id that check the others, so that an id that nobody ever made is told from a real one. */
const CHECK_DIGITS = 4;

/** An EC2 identifier: prefix and 17 hexadecimal digits, the first of them 0 as in the ids of today. */
export function ec2Id(prefix: string, seed: string): string {
  const body = `0${hex(seed, prefix, 16 - CHECK_DIGITS)}`;
  return `${prefix}-${body}${checkDigits(prefix, body)}`;
}

/** True when {@link ec2Id} made the identifier, in whatever run. */
export function isOwnEc2Id(id: string): boolean {
  const match = /^([a-z-]+)-([0-9a-f]{17})$/.exec(id);
  const prefix = match?.[1] ?? "";
  const body = match?.[2] ?? "";
  return match !== null && checkDigits(prefix, body.slice(0, -CHECK_DIGITS)) === body.slice(-CHECK_DIGITS);
}

function checkDigits(prefix: string, body: string): string {
  return hex(body, `check ${prefix}`, CHECK_DIGITS);
}
