import { connect, createServer, type Socket } from "node:net";

/**
 * What the road to the database does: lets pass, swallows everything, comes late, swallows what the server answers
 * to a message of the client's that contains a text, once it has seen another text, or breaks within a long answer.
 */
export type Road =
  | { kind: "OPEN" }
  | { kind: "BLACK_HOLE" }
  | { kind: "SLOW"; ms: number }
  | { kind: "NO_REPLY_TO"; text: string; after: string }
  | { kind: "BREAK_AFTER"; bytes: number };

export interface TcpProxy {
  readonly url: string;
  /** Where it leads; may be changed. */
  target: { host: string; port: number };
  road: Road;
  /** Resets every connection. */
  cut(): void;
  /** Accepts no more connections; new ones are refused. */
  refuse(): Promise<void>;
  /** Takes connections again. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy before the PostgreSQL of the URL, on an address of its own. */
export const startProxy = async (url: string): Promise<TcpProxy> => {
  const given = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => {}).on("close", () => void sockets.delete(socket));
  };
  const proxy = { target: { host: given.hostname, port: Number(given.port) }, road: { kind: "OPEN" } as Road };
  const server = createServer((client) => {
    keep(client);
    const upstream = keep(connect(proxy.target));
    let isNear = false;
    let swallows = false;
    /** Length of the server's answer to the client's last message, as far as it came. */
    let answered = 0;
    const carry = (from: Socket, to: Socket, isAnswer: boolean) => {
      from.on("data", (bytes) => {
        const { road } = proxy;
        if (road.kind === "BLACK_HOLE") return;
        if (!isAnswer && road.kind === "NO_REPLY_TO") {
          swallows ||= isNear && bytes.includes(road.text);
          isNear ||= bytes.includes(road.after);
        }
        answered = isAnswer ? answered + bytes.length : 0;
        if (isAnswer && (swallows || (road.kind === "BREAK_AFTER" && answered > road.bytes))) client.resetAndDestroy();
        else if (road.kind === "SLOW") setTimeout(() => to.writable && to.write(bytes), road.ms);
        else to.write(bytes);
      });
      from.on("close", () => to.destroy());
    };
    carry(client, upstream, false);
    carry(upstream, client, true);
  });
  let port = 0;
  const accept = async () => {
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", () => done()));
    port = (server.address() as { port: number }).port;
  };
  await accept();
  given.hostname = "127.0.0.1";
  given.port = String(port);
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const refuse = async () => {
    const closed = server.listening && new Promise((done) => server.close(done));
    cut();
    await closed;
  };
  return Object.assign(proxy, {
    url: given.href,
    cut,
    refuse,
    accept,
    close: refuse,
  });
};
