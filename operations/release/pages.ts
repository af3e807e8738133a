/** Pages of one color in a real browser: what a user would see, which no status code tells. */
import { accessSync, constants } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { z } from "zod";
import { UserError } from "../../sandbox/errors.ts";

const PAGE_MS = 30_000;
/** Debian's, Ubuntu's and Google's names of it. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** The whole path of one, where it has another name. */
const BROWSER_VARIABLE = "GOLIVE_BROWSER";

export const PAGE = z.strictObject({
  /** What the user sees when it fails. */
  name: z.string().min(1),
  /** Path of the page. */
  page: z.string().startsWith("/"),
  expect: z.strictObject({
    /** Text that the title must hold. */
    title: z.string().optional(),
    /** Texts that must be visible. */
    sees: z.array(z.string().min(1)).default([]),
    /** Whether scripts may fail or log errors. */
    errors: z.boolean().default(false),
    /** Longest time until all of it is so, in milliseconds. */
    withinMs: z.int().min(1).max(PAGE_MS).default(PAGE_MS),
  }).default({ sees: [], errors: false, withinMs: PAGE_MS }),
});

export type PageAssertion = z.infer<typeof PAGE>;

/** @throws UserError when there is no browser on this machine */
export function browserPath(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env[BROWSER_VARIABLE];
  const candidates = chosen === undefined ? BROWSERS.flatMap((name) => (env["PATH"] ?? "").split(path.delimiter).map((folder) => path.join(folder, name))) : [chosen];
  const found = candidates.find((file) => path.isAbsolute(file) && isExecutable(file));
  if (found !== undefined) return found;
  throw new UserError(chosen === undefined ? "The smoke tests look at pages, and there is no Chromium on this machine." : `${BROWSER_VARIABLE} names ${chosen}, which is no program.`, `Install it (apt-get install chromium), or set ${BROWSER_VARIABLE} to the path of Chromium or Chrome.`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser that is started with the first page, and ends with `dispose`. */
export class Pages implements AsyncDisposable {
  #browser: Promise<Browser> | undefined;

  /** Why the page is not as it should be; undefined when it is. @throws the signal's reason */
  async failing(url: string, { name, page: where, expect }: PageAssertion, signal?: AbortSignal): Promise<string | undefined> {
    const browser = await (this.#browser ??= launch());
    const context = await browser.newContext();
    const close = (): void => { void context.close().catch(() => undefined); };
    signal?.addEventListener("abort", close, { once: true });
    try {
      // The browser may have taken its time, in which nobody listened.
      signal?.throwIfAborted();
      const page = await context.newPage();
      const errors = errorsOf(page);
      const trouble = await seen(page, `${url}${where}`, expect);
      signal?.throwIfAborted();
      if (trouble !== undefined) return `${name}: page ${where} ${trouble}`;
      return expect.errors || errors.length === 0 ? undefined : `${name}: page ${where} has errors: ${errors[0] ?? ""}`;
    } catch (error) {
      signal?.throwIfAborted();
      return `${name}: page ${where} did not load: ${firstLine(error)}`;
    } finally {
      signal?.removeEventListener("abort", close);
      await context.close().catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#browser?.catch(() => undefined))?.close();
  }
}

async function launch(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  // As root Chromium's own sandbox does not start; it opens nothing but the application.
  return chromium.launch({ executablePath: browserPath(), chromiumSandbox: process.getuid?.() !== 0, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}

/** What scripts of the page failed with or logged as errors, and what of its own it could not load. */
function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  return errors;
}

async function seen(page: Page, url: string, { title, sees, withinMs }: PageAssertion["expect"]): Promise<string | undefined> {
  const until = performance.now() + withinMs;
  const left = (): number => Math.max(1, until - performance.now());
  const answer = await page.goto(url, { timeout: left(), waitUntil: "load" });
  if (answer === null || answer.status() >= 400) return `answered ${answer?.status() ?? "nothing"}`;
  const named = await page.title();
  if (title !== undefined && !named.includes(title)) return `has the title ${JSON.stringify(named)}, which does not hold ${JSON.stringify(title)}`;
  for (const text of sees) {
    const isVisible = await page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: left() }).then(() => true, () => false);
    if (!isVisible) return `does not show ${JSON.stringify(text)} within ${withinMs} ms`;
  }
  return undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
