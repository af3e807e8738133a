/** Names of variables that say credential; imported by configuration rules, so it needs no cloud library. */

const CREDENTIAL = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/;

/** Whether the value of a variable of this name is most probably a credential: `DB_PASSWORD` is, `TOKEN_TTL` is not. */
export function saysCredential(variable: string): boolean {
  return CREDENTIAL.test(variable);
}
