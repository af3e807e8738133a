/** Looking for something among values of which some may be unknown. */
import { Undecided } from "./value.ts";

/**
 * Those for which a test holds. One that can not be decided matters only when the test holds for no other: it may be
 * the one.
 *
 * @throws Undecided
 */
export function matching<T>(list: readonly T[], test: (one: T) => boolean): T[] {
  let doubt: Undecided | undefined;
  const found = list.filter((one) => {
    try {
      return test(one);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      doubt = error;
      return false;
    }
  });
  if (found.length === 0 && doubt !== undefined) throw doubt;
  return found;
}

/** Whether a test holds for any. @throws Undecided */
export function any<T>(list: readonly T[], test: (one: T) => boolean): boolean {
  return matching(list, test).length > 0;
}
