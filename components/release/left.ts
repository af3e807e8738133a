/**
 * What the live Service sent traffic to before, under the number that it has: how the guard knows a stale checkout
 * whose number is not older.
 *
 * `pulumi config set activeColor green && pulumi up` must do by itself, so a flip needs no new number; then a checkout
 * of before the flip has the number of the live Service, and an update from it would move traffic back. By itself it
 * can not be told from somebody who goes back on purpose by the same command: configuration, state, program and cluster
 * are the same to the letter in both. What can be told is going on from going back. So each time the guard lets traffic
 * leave something it notes that in an annotation of the live Service (color and digest, under the number), before the
 * move, so that a kill in between loses nothing; and what was left can be had again under a higher number only. A
 * checkout of then has no higher number; who means it says so by one, as `golive flip` and `golive rollback` do by
 * themselves. A color that has got another image meanwhile was not left, so blue/green by plain configuration (a new
 * image into the idle color, a flip, and again) never needs one.
 *
 * With a higher number the list begins anew: it is as long as there are different images under one number.
 */
import { type Color, COLORS } from "../application/labels.ts";
import { digestOf } from "./names.ts";
import type { LiveService, Wanted } from "./seen.ts";

/** Entries of an annotation's text, which holds those of one number. */
export function leftOf(text: string | undefined): string[] {
  return (text ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
}

export function leftText(entries: readonly string[]): string {
  return entries.join(", ");
}

/** `5 blue sha256:…`: under number 5 users were served by this image of blue; `5 green+25 sha256:…` by a canary of 25 %. */
export function served(serial: number, color: string, image: string, weight?: number): string {
  return `${serial} ${color}${weight === undefined ? "" : `+${weight}`} ${digestOf(image)}`;
}

/** Whether something is to be live again that was left under this number. */
export function isBack(live: LiveService, wanted: Wanted): boolean {
  const { serial, color, image, canary } = wanted;
  const again = [
    ...(live.color === color ? [] : [served(serial, color, image)]),
    ...(canary === undefined || isSameCanary(live, wanted) ? [] : [served(serial, canary.color, canary.image, canary.weight)]),
  ];
  return again.some((entry) => live.left?.includes(entry) === true);
}

/** Whether the Service is open for this very canary already, or neither has one. */
export function isSameCanary(live: LiveService | undefined, { color, canary }: Wanted): boolean {
  if (live?.canary === undefined || canary === undefined) return live?.canary === canary;
  return live.color === color && live.canary.color === canary.color && live.canary.weight === canary.weight;
}

/**
 * What is left when the live Service becomes what is wanted; nothing under a higher number, which older checkouts do
 * not have anyway.
 *
 * @param imageOf image that a color runs
 */
export async function leaving(live: LiveService | undefined, wanted: Wanted, imageOf: (color: Color) => Promise<string | undefined>): Promise<string[]> {
  if (live?.color === undefined || live.serial !== wanted.serial) return [];
  const leaves: { color: string; weight?: number }[] = [
    ...(live.color === wanted.color ? [] : [{ color: live.color }]),
    // An open canary that ends or changes; that it begins leaves nothing: the live color stays live.
    ...(live.canary === undefined || isSameCanary(live, wanted) ? [] : [live.canary]),
  ];
  const entries = await Promise.all(leaves.map(async ({ color, weight }) => {
    const image = isColor(color) ? await imageOf(color) : undefined;
    return image === undefined ? [] : [served(wanted.serial, color, image, weight)];
  }));
  return entries.flat();
}

/** The list with further entries, without those of other numbers. */
export function withLeft(live: LiveService, serial: number, entries: readonly string[]): string[] {
  const kept = (live.left ?? []).filter((one) => one.startsWith(`${serial} `));
  return [...new Set([...kept, ...entries])];
}

function isColor(name: string): name is Color {
  return COLORS.some((color) => color === name);
}
