/**
 * A process that has a policy pack loaded before the engine asks for it. It lends the pack to one run of the engine,
 * which a pack remembers, and ends with that; or with the process that started it, when no engine has asked.
 *
 * Started as `packHost.ts PACK SOCKET`, with a pipe as its standard input that closes when nobody needs it any more.
 */
import { createServer } from "node:net";
import { loadPack } from "../engine/packLoader.ts";
import { listenAt } from "./files.ts";

const [pack = "", socket = ""] = process.argv.slice(2);
let lent = false;

/** The SDK prints the port on which it serves, and nothing before. */
const port = new Promise<string>((resolve) => {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (line: string | Uint8Array) => {
    process.stdout.write = write;
    resolve(String(line));
    return true;
  };
});

const listener = createServer((borrower) => {
  if (lent) {
    borrower.destroy();
    return;
  }
  lent = true;
  // The engine was killed: a close follows.
  borrower.on("error", () => undefined);
  borrower.once("close", () => process.exit(0));
  void port.then((line) => borrower.write(line));
});

process.stdin.resume().once("close", () => {
  if (!lent) process.exit(0);
});
// Before the pack is loaded, so that an engine which comes early waits rather than loads it a second time.
listenAt(listener, socket);
// Without an answer the engine starts the pack the ordinary way, which shows what is wrong with it.
await loadPack(pack);
