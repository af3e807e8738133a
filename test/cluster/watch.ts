/** Asks an address on a new connection each time, and says when the answer changes; run inside a cluster's network. */
import { get } from "node:http";

const [url = ""] = process.argv.slice(2);
let last = "";

function ask(): void {
  const request = get(url, { agent: false, timeout: 2000 }, (res) => {
    let text = "";
    res.on("data", (chunk: Buffer) => { text += chunk.toString(); });
    res.on("end", () => next(res.statusCode === 200 ? text : `status ${res.statusCode}`));
  });
  request.on("timeout", () => request.destroy(new Error("no answer")));
  request.on("error", (error: NodeJS.ErrnoException) => next(error.code ?? error.message));
}

function next(answer: string): void {
  if (answer !== last) console.log(answer);
  last = answer;
  setTimeout(ask, 5);
}

ask();
