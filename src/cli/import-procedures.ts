import { openDatabase } from "../db/database.ts";
import { DomainError } from "../errors.ts";
import type { ProcedureRow } from "../dossiers/catalogue/procedure-check.ts";
import { loadProcedures } from "../dossiers/catalogue/procedure-load.service.ts";
import { isFault } from "../files/file-row.ts";
import { readRows } from "../files/rows.ts";
import { readEnv } from "../server/env.ts";
import { userName } from "./user-name.ts";

const COLUMNS = ["code", "name", "field", "fieldName", "competence", "serviceLevel", "workingDays", "hasFee"] as const;
const REQUIRED = COLUMNS.filter((column) => column !== "workingDays");
/** There are some ten thousand procedures. */
const MOST_ROWS = 100_000;

const text = (cell: unknown): string => (typeof cell === "string" || typeof cell === "number" ? String(cell) : "");
const number = (cell: unknown): number | null => (cell === null || cell === undefined || cell === "" ? null : Number(cell));
const FLAGS = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  [true, true],
  [false, false],
]);

/** The catalogue of a file: all of it or nothing. */
export const importProcedures = async (path: string): Promise<void> => {
  const rows: ProcedureRow[] = [];
  const places: number[] = [];
  for await (const item of (await readRows(path, COLUMNS, REQUIRED)).rows) {
    if (isFault(item)) throw new Error(`row ${item.row}: ${item.message}`);
    const { cells, row } = item;
    const hasFee = FLAGS.get(typeof cells["hasFee"] === "string" ? cells["hasFee"].toLowerCase() : cells["hasFee"]);
    if (hasFee === undefined)
      throw new Error(`row ${row}: hasFee: ${JSON.stringify(cells["hasFee"] ?? null)} is not accepted; accepted are true and false`);
    rows.push({
      ...{ code: text(cells["code"]), name: text(cells["name"]), field: text(cells["field"]), fieldName: text(cells["fieldName"]) },
      ...{
        competence: text(cells["competence"]),
        serviceLevel: text(cells["serviceLevel"]),
        workingDays: number(cells["workingDays"]),
        hasFee,
      },
    });
    places.push(row);
    if (rows.length > MOST_ROWS) throw new Error(`${path} has more than ${MOST_ROWS} rows, which no catalogue has`);
  }
  const actor = userName();
  const database = await openDatabase(readEnv(process.env));
  try {
    const by = { actor: `command:${actor}`, actorName: actor, at: new Date() };
    const { created, updated, unchanged } = await loadProcedures(database.orm.em.fork(), rows, by).catch((error: unknown) => {
      throw withPlaces(error, places);
    });
    console.log(`${created} created, ${updated} updated, ${unchanged} unchanged`);
  } finally {
    await database.close();
  }
};

/** Problems count rows from 0; people look for them in their file. */
const withPlaces = (error: unknown, places: readonly number[]): unknown => {
  if (!(error instanceof DomainError)) return error;
  const problems = (error.extensions["problems"] ?? []) as readonly { readonly row: number; readonly message: string }[];
  const shown = problems.slice(0, 10).map(({ row, message }) => `row ${places[row]}: ${message}`);
  return new Error(`${problems.length} problems, and nothing was kept; ${shown.join("; ")}`);
};
