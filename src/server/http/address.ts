import { once } from "node:events";
import type { Server } from "node:net";

export const addressUrl = (host: string, port: number, path: string): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;

export const takenPort = (error: unknown, variable: string, { host, port }: { host: string; port: number }): unknown =>
  (error as NodeJS.ErrnoException).code === "EADDRINUSE"
    ? new Error(`${variable}: ${port} on ${host} is in use; set ${variable} to another one`)
    : error;

export const listening = async (server: Server, variable: string, address: { host: string; port: number }): Promise<void> => {
  await once(server, "listening").catch((error: unknown) => {
    throw takenPort(error, variable, address);
  });
};
