import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { EntityManager } from "@mikro-orm/postgresql";
import { openDatabase } from "../../src/database/database.ts";

/** Serves one answer, made anew for each request, from the database in the folder that the program is given. */
export const serveFloor = async (answer: (em: EntityManager) => Promise<string>): Promise<void> => {
  const database = await openDatabase({ databaseUrl: null, dataDir: process.argv[2]! });
  const server = createServer((_request, response) => {
    void answer(database.orm.em.fork()).then((text) => response.setHeader("content-type", "application/json").end(Buffer.from(text)));
  });
  server.listen(0, "127.0.0.1", () => console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  process.once("SIGTERM", () => server.close(() => void database.close()));
};
