import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface Proxy {
  readonly port: number;
  /** Cuts all connections and takes no new ones: whoever tries is refused. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  close(): Promise<void>;
}

/** A port of its own that leads to another. */
export const openProxy = async (targetPort: number, targetHost = "127.0.0.1"): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const accept = async () => {
    const made = createServer((client) => {
      const target = connect(targetPort, targetHost);
      for (const [from, to] of [[client, target] as const, [target, client] as const]) {
        sockets.add(from);
        from
          .on("error", () => {})
          .on("close", () => {
            sockets.delete(from);
            to.destroy();
          });
        from.pipe(to);
      }
    });
    await new Promise<void>((done, fail) => made.once("error", fail).listen(port, "127.0.0.1", () => done()));
    port = (made.address() as AddressInfo).port;
    server = made;
  };
  const refuse = async () => {
    const closing = server;
    server = null;
    const closed = closing && new Promise<void>((done) => closing.close(() => done()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await accept();
  return { port, accept, refuse, close: refuse };
};
