/** Which words of the requirements' table a requirement quotes. Pure; see requirements.test.ts. */

/** Phrases by row: the first column of the table. */
export type Phrases = Record<string, string[]>;

/** Words that only join phrases. */
const JOINING = new Set(["and", "or", "also"]);

/** The rows of section 1's table, every cell cut into phrases. */
export function phrasesOf(document: string): Phrases {
  const section = document.split(/^## /m).find((part) => part.startsWith("1."));
  if (section === undefined) throw new Error("the requirements have no section 1");
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  return Object.fromEntries(rows.map(([part = "", ...cells]) => [part, cells.flatMap(cut)]));
}

/** Cuts at commas, semicolons, colons and full stops, but not within brackets. */
function cut(cell: string): string[] {
  const phrases = [""];
  let depth = 0;
  for (const [index, character] of [...cell].entries()) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    const ends = depth === 0 && ",;:.".includes(character) && [undefined, " "].includes(cell[index + 1]);
    if (ends) phrases.push("");
    else phrases.push(`${phrases.pop() ?? ""}${character}`);
  }
  return phrases.map((phrase) => phrase.trim()).filter((phrase) => phrase !== "");
}

/** Words without the punctuation around them; signs that stand alone are no words. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")).filter((word) => word !== "");
}

/** Places in `words` where `quote` begins. */
function placesOf(quote: string[], words: string[]): number[] {
  if (quote.length === 0) return [];
  return words.flatMap((_, place) => (quote.every((word, index) => words[place + index] === word) ? [place] : []));
}

/** Whether the row says this, word for word. */
export function isQuoted(quote: string, phrases: readonly string[]): boolean {
  return placesOf(wordsOf(quote), wordsOf(phrases.join(" "))).length > 0;
}

/** The phrases of a row that have a word which no quote holds. */
export function notQuoted(phrases: readonly string[], quotes: readonly string[]): string[] {
  const words = wordsOf(phrases.join(" "));
  const covered = new Set<number>();
  for (const quote of quotes.map(wordsOf)) {
    for (const place of placesOf(quote, words)) quote.forEach((_, index) => covered.add(place + index));
  }
  let next = 0;
  return phrases.filter((phrase) => {
    const own = wordsOf(phrase).map((word) => ({ word, place: next++ }));
    return own.some(({ word, place }) => !covered.has(place) && !JOINING.has(word));
  });
}
