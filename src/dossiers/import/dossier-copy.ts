import { once } from "node:events";
import { finished } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { lockSession, tryLockSession } from "../../database/locks.ts";
import type { StagedDossier } from "./dossier-stage.ts";

/** Columns of dossier_stage in COPY order, after the import. */
const COLUMNS = [
  ...["row", "status", "problem", "province_id", "code", "unit_id", "slot", "received_by_id", "procedure_id", "field_id", "channel"],
  ...["state", "submitted_at", "received_at", "due_at", "due_provisional", "extended_to", "current_due_at", "ended_at", "returned_at"],
  ...["updated_at", "received_on", "ended_on", "due_on", "dated_on", "outcome", "working_days", "has_fee", "is_full", "digitised"],
  ...["paid_online", "electronic_result", "pauses", "digest", "pause_reason", "pause_from", "pause_to", "pause_late"],
] as const;

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = new RegExp(SPECIAL, "g");
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return "\\N";
  if (Array.isArray(value)) return `{${value.map((item) => (item === null ? "NULL" : String(item))).join()}}`;
  if (typeof value === "string") return SPECIAL.test(value) ? value.replaceAll(EACH_SPECIAL, (character) => ESCAPES[character]!) : value;
  return JSON.stringify(value);
};

const lineOf = (key: string, row: StagedDossier): string => {
  let line = key;
  for (const name of COLUMNS) line += `\t${cellOf(row[name])}`;
  return `${line}\n`;
};

const BUFFER = 1 << 16;

/** A table like dossier_stage for one import, filled by COPY on its own connection, and one like dossier_delta; both are dropped with the connection. */
export class StageTable {
  readonly name: string;
  readonly deltas: string;
  readonly #key: string;
  readonly #client: Client;

  constructor(client: Client, key: string) {
    const suffix = key.replaceAll("-", "");
    this.name = `dossier_stage_${suffix}`;
    this.deltas = `dossier_delta_${suffix}`;
    this.#client = client;
    this.#key = key;
  }

  /** Creates the tables, and drops those of interrupted imports. */
  static async open(url: string, key: string): Promise<StageTable> {
    const client = new Client({ connectionString: url, application_name: "cchc-graph" });
    await client.connect();
    const table = new StageTable(client, key);
    await lockSession(client, "lock", "stage", table.name);
    await client.query(`create unlogged table ${table.name} (like dossier_stage including defaults)`);
    await client.query(`create unlogged table ${table.deltas} (like dossier_delta including defaults)`);
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relname ~ '^dossier_stage_[0-9a-f]{32}$' and relkind = 'r' and relname <> $1",
      [table.name],
    );
    for (const { name } of rows) {
      if (!(await tryLockSession(client, "stage", name))) continue;
      await client.query(`drop table if exists ${name}, ${name.replace("stage", "delta")}`);
      await lockSession(client, "unlock", "stage", name);
    }
    return table;
  }

  async fill(rows: AsyncIterable<StagedDossier>): Promise<void> {
    const stream = this.#client.query(copyFrom(`copy ${this.name} ("import", ${COLUMNS.map((name) => `"${name}"`).join()}) from stdin`));
    const done = finished(stream);
    done.catch(() => {});
    let buffer = "";
    try {
      for await (const row of rows) {
        buffer += lineOf(this.#key, row);
        if (buffer.length < BUFFER) continue;
        const isFull = !stream.write(buffer);
        buffer = "";
        if (isFull) await Promise.race([once(stream, "drain"), done]);
      }
      stream.end(buffer);
      await done;
    } catch (error) {
      // The server waits for more data until the stream is destroyed.
      stream.destroy();
      await done.catch(() => {});
      throw error;
    }
    await this.#client.query(`analyze ${this.name}`);
  }

  async close(): Promise<void> {
    await this.#client.query(`drop table if exists ${this.name}, ${this.deltas}`).catch(() => {});
    await this.#client.end();
  }
}
