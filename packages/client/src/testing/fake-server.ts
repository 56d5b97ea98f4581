import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

type Answer = (seen: Seen) => { readonly status?: number; readonly body: unknown } | undefined;

/** A server that says what a test wants it to; no answer leaves the client waiting. */
export class FakeServer implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** Also says where it was, when it is gone. */
  url = "";
  readonly #server: Server;

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { method = "", url = "" } = request;
        const seen = { method, url, contentType: request.headers["content-type"], body };
        this.seen.push(seen);
        const answered = answer(seen);
        if (answered === undefined) return;
        response.writeHead(answered.status ?? 200, { "content-type": "application/json" });
        const text = answered.body;
        response.end(typeof text === "string" ? text : JSON.stringify(text));
      });
    });
  }

  static async start(answer: Answer): Promise<FakeServer> {
    const fake = new FakeServer(answer);
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    fake.url = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
  return text;
}
