/**
 * Encrypts stand-ins the way the engine's passphrase secrets provider reads them, without starting the engine.
 *
 * The format is that of every stack file with an `encryptionsalt`: AES-256-GCM under a key that PBKDF2 makes of
 * the passphrase in a million rounds (pulumi/sdk, go/common/resource/config/crypt.go). Passphrase and salt are
 * fixed, so the key is computed once for a checkout and kept; it protects nothing but stand-ins.
 */
import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { LOCAL_STATE } from "../engine/checkout.ts";
import { SANDBOX_PASSPHRASE } from "../engine/engine.ts";
import { writeWhole } from "../engine/files.ts";
import { writeError } from "../errors.ts";

const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const SALT = Buffer.from("goliveSB");

export interface Crypter {
  /** The `encryptionsalt` of the stack file. */
  encryptionSalt: string;
  /** The text after `secure:`. */
  encrypt(plain: string): string;
}

/** The crypter of this checkout. */
export async function sandboxCrypter(): Promise<Crypter> {
  const key = await sandboxKey();
  return { encryptionSalt: `v1:${SALT.toString("base64")}:${encrypt(key, "pulumi")}`, encrypt: (plain) => encrypt(key, plain) };
}

async function sandboxKey(): Promise<Buffer> {
  const file = path.join(LOCAL_STATE, "home", "stand-in-key");
  const kept = Buffer.from(await readFile(file, "utf8").catch(() => ""), "hex");
  if (kept.length === KEY_BYTES) return kept;
  const key = await promisify(pbkdf2)(SANDBOX_PASSPHRASE, SALT, ROUNDS, KEY_BYTES, "sha256");
  try {
    await writeWhole(file, key.toString("hex"), 0o600);
  } catch (error) {
    throw writeError(error, "the sandbox's key", path.dirname(file), "The checkout must be on a writable disk.");
  }
  return key;
}

function encrypt(key: Buffer, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
}
