import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { withDatabase } from "./ledger-fill.ts";

/** Dossiers a second that a bare COPY of all that are there writes into an empty table of the same shape, with the same indexes. */
export const copyRate = (dataDir: string): Promise<number> =>
  withDatabase(dataDir, async ({ url }) => {
    const file = join(dataDir, "dossiers.copy");
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await pipeline(client.query(copyTo("copy dossier to stdout")), createWriteStream(file));
      await client.query("create table bench_dossier (like dossier including all)");
      const began = performance.now();
      const copy = client.query(copyFrom("copy bench_dossier from stdin"));
      await pipeline(createReadStream(file, { highWaterMark: 1 << 16 }), copy);
      const seconds = (performance.now() - began) / 1000;
      await client.query("drop table bench_dossier");
      return copy.rowCount / seconds;
    } finally {
      await client.end();
      await rm(file, { force: true });
    }
  });
