/** Stands in for Slack, PagerDuty, the dead man's switch and a mail server: takes what Alertmanager sends, and keeps it. */
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcp, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

export interface Captured {
  way: "slack" | "pagerduty" | "switch" | "mail";
  /** The channel, the event's action, or the mailboxes. */
  to: string;
  /** What was said, as one text. */
  text: string;
  /** Where a click on it leads; mails have no such place. */
  link?: string;
  /** Severity or color that came with it. */
  kind: string;
  /** What the sender proved itself with. */
  credential: string;
  /** Milliseconds since the capture began. */
  at: number;
}

export class Capture {
  readonly messages: Captured[] = [];
  httpPort = 0;
  smtpPort = 0;
  private readonly began = Date.now();
  private readonly tls: { certificate: string; key: string } | undefined;
  /** Told each message as it comes. */
  onMessage: (message: Captured) => void = () => undefined;
  private readonly waiting = new Set<() => void>();
  private readonly http = createHttp((request, response) => { void this.take(request, response); });
  private readonly smtp = createTcp((socket) => { this.converse(socket); });

  /** @param tls certificate of the mail server; without one it talks in the clear, which clients allow on their own machine only */
  constructor(tls?: { certificate: string; key: string }) {
    this.tls = tls;
  }

  /** @param address to listen on; this machine's own programs reach it without one */
  async start(address = "127.0.0.1"): Promise<this> {
    this.httpPort = await listen(this.http, address);
    this.smtpPort = await listen(this.smtp, address);
    return this;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await Promise.all([this.http, this.smtp].map((server) => new Promise<void>((resolve) => { server.close(() => { resolve(); }); })));
  }

  since(): number {
    return Date.now() - this.began;
  }

  /** The first message of which `wanted` is true; waits for it. @throws when it has not come in time, with all that has */
  async until(what: string, wanted: (message: Captured) => boolean, ms: number): Promise<Captured> {
    const end = Date.now() + ms;
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`${what} did not come within ${ms} ms. These did:\n${this.messages.map((one) => JSON.stringify(one)).join("\n")}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const { waiting } = this;
        function done(): void { clearTimeout(timer); waiting.delete(done); resolve(); }
        waiting.add(done);
      });
    }
  }

  private keep(message: Omit<Captured, "at">): void {
    const taken = { ...message, at: this.since() };
    this.messages.push(taken);
    this.onMessage(taken);
    for (const wake of [...this.waiting]) wake();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const credential = request.headers.authorization ?? "";
    if (request.url === "/slack") {
      const [attachment = {}] = body["attachments"] as Record<string, string>[];
      this.keep({ way: "slack", to: String(body["channel"]), link: attachment["title_link"] ?? "", text: `${attachment["title"] ?? ""}\n${attachment["text"] ?? ""}`, kind: attachment["color"] ?? "", credential });
    } else if (request.url === "/pagerduty") {
      const payload = (body["payload"] ?? {}) as Record<string, unknown>;
      this.keep({ way: "pagerduty", to: String(body["event_action"]), link: typeof body["client_url"] === "string" ? body["client_url"] : "", text: JSON.stringify(payload), kind: String(payload["severity"]), credential: String(body["routing_key"]) });
    } else {
      this.keep({ way: "switch", to: String(request.url), text: JSON.stringify(body), kind: String(body["status"]), credential });
    }
    response.writeHead(request.url === "/pagerduty" ? 202 : 200, { "content-type": "application/json" }).end('{"ok":true,"status":"success"}');
  }

  /** As much of SMTP (RFC 5321, RFC 4954, RFC 3207) as a client needs that logs in with PLAIN, by TLS where there is a certificate. */
  private converse(socket: Socket, isSecured = false): void {
    let buffer = "";
    let mail: { to: string[]; data: string[] | undefined; credential: string } = { to: [], data: undefined, credential: "" };
    const say = (line: string) => socket.write(`${line}\r\n`);
    socket.on("error", () => undefined);
    const offersTls = this.tls !== undefined && !isSecured;
    if (!isSecured) say("220 capture ESMTP");
    socket.on("data", (chunk: Buffer) => {
      const lines = (buffer + chunk.toString()).split("\r\n");
      buffer = lines.pop() ?? "";
      for (const line of lines) {
        if (mail.data !== undefined && line !== ".") mail.data.push(line);
        else if (mail.data !== undefined) {
          const data = mail.data.join("\n");
          this.keep({ way: "mail", to: mail.to.join(" "), text: data, kind: /^Subject: (.*)$/m.exec(data)?.[1] ?? "", credential: mail.credential });
          mail = { ...mail, to: [], data: undefined };
          say("250 taken");
        } else if (/^EHLO/i.test(line)) socket.write(offersTls ? "250-capture\r\n250 STARTTLS\r\n" : "250-capture\r\n250 AUTH PLAIN\r\n");
        else if (offersTls && /^STARTTLS/i.test(line)) {
          socket.removeAllListeners("data");
          say("220 go on");
          this.converse(new TLSSocket(socket, { isServer: true, cert: this.tls?.certificate, key: this.tls?.key }), true);
        }
        else if (/^AUTH PLAIN /i.test(line)) {
          mail.credential = Buffer.from(line.slice("AUTH PLAIN ".length), "base64").toString().replaceAll("\0", " ").trim();
          say("235 welcome");
        } else if (/^RCPT TO:/i.test(line)) {
          mail.to.push(/<(.*)>/.exec(line)?.[1] ?? "");
          say("250 ok");
        } else if (/^DATA/i.test(line)) {
          mail.data = [];
          say("354 go on");
        } else if (/^QUIT/i.test(line)) {
          say("221 bye");
          socket.end();
        } else say("250 ok");
      }
    });
  }
}

async function listen(server: Server | ReturnType<typeof createHttp>, at: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, at, () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address.port);
      else reject(new Error("no port"));
    });
  });
}
