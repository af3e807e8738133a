/** The page at / and its parts. They come from the application itself: `default-src 'self'` allows nothing else, inline text included. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Settings } from "./settings.ts";

export interface Asset {
  type: string;
  body: Buffer;
}

/** By path. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ["/assets/style.css", { type: "text/css; charset=utf-8", body: read("style.css") }],
  ["/assets/icon.svg", { type: "image/svg+xml", body: read("icon.svg") }],
  ["/assets/page.js", { type: "text/javascript; charset=utf-8", body: read("page.js") }],
]);

/** @param complete false: what a broken release might send, an answer of 200 without its content */
export function page({ name, version, color, pod }: Settings, complete: boolean): string {
  const content = `<h1>${escape(name)}</h1>
<p class="color" id="color">${escape(color)}</p>
<dl>
<dt>Version</dt><dd id="version">${escape(version)}</dd>
<dt>Pod</dt><dd id="pod">${escape(pod)}</dd>
<dt>State</dt><dd id="state" role="status">answers</dd>
</dl>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(name)} ${escape(version)} (${escape(color)})</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
<script src="/assets/page.js" defer></script>
</head>
<body data-color="${escape(color)}">
<main>
${complete ? content : ""}
</main>
</body>
</html>
`;
}

function read(name: string): Buffer {
  return readFileSync(path.join(import.meta.dirname, "assets", name));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
