import { isBlank } from "../lib/code.ts";
import { openDatabase } from "../database/database.ts";
import { type ProcedureRow, problemsOfProcedure, problemsOfProcedures, type RowProblem } from "../procedures/procedure-check.ts";
import { loadProcedures } from "../procedures/procedure-load.service.ts";
import { carryToDossiers } from "../dossiers/procedure-carry.store.ts";
import { DomainError } from "../lib/errors.ts";
import { faultsOf, type Item, isFault, recordOf } from "../lib/files/file-row.ts";
import { readRows } from "../lib/files/rows.ts";
import { decimalOf } from "../lib/number.ts";
import { readEnv } from "../server/env.ts";
import { type FindingFiles, type Findings, openFindings } from "./import-findings.ts";
import { userName } from "./user-name.ts";

const TEXTS = ["code", "name", "field", "fieldName", "competence", "serviceLevel"] as const;
const COLUMNS = [...TEXTS, "workingDays", "hasFee"] as const;
const REQUIRED = COLUMNS.filter((column) => column !== "workingDays");
/** About ten thousand procedures exist. */
const MOST_ROWS = 100_000;

type Cells = Readonly<Record<string, unknown>>;
type CellProblem = Pick<RowProblem, "column" | "message"> & { readonly code: string };

const FLAGS = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  [true, true],
  [false, false],
]);

/** Converts a row to a procedure; invalid cells become problems and are omitted. */
const procedureOf = (cells: Cells): { readonly row: ProcedureRow; readonly problems: readonly CellProblem[] } => {
  const problems: CellProblem[] = [];
  const refuse = (column: keyof ProcedureRow, code: string, accepted: string) =>
    problems.push({ column, code, message: `${column}: ${shown(cells[column])} is not accepted; ${accepted}` });
  const text = (column: (typeof TEXTS)[number]): string => {
    const cell = cells[column] ?? "";
    if (typeof cell === "string") return cell;
    if (typeof cell === "number") return String(cell);
    refuse(column, "TEXT_EXPECTED", "must be a text");
    return "";
  };
  const hasFee = FLAGS.get(typeof cells["hasFee"] === "string" ? cells["hasFee"].trim().toLowerCase() : cells["hasFee"]);
  if (hasFee === undefined) refuse("hasFee", "BAD_FLAG", "must be true or false");
  const workingDays = daysOf(cells["workingDays"]);
  if (workingDays === undefined) refuse("workingDays", "BAD_LIMIT", "must be a number in digits, such as 5 or 0.5, or nothing");
  const row = {
    ...{ code: text("code"), name: text("name"), field: text("field"), fieldName: text("fieldName") },
    ...{ competence: text("competence"), serviceLevel: text("serviceLevel") },
    ...{ workingDays: workingDays ?? null, hasFee: hasFee ?? false },
  };
  return { row, problems };
};

const shown = (cell: unknown): string => JSON.stringify(cell ?? null).slice(0, 120);

/** Null for an empty cell, undefined if it is not a number. */
const daysOf = (cell: unknown): number | null | undefined => {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string") return undefined;
  return isBlank(cell) ? null : (decimalOf(cell.trim()) ?? undefined);
};

/** The row of a problem, and its readable cells. */
interface Place {
  readonly row: number;
  readonly cells?: Cells | undefined;
}

interface Catalogue {
  readonly rows: ProcedureRow[];
  readonly places: Place[];
}

type Tell = (place: Place, problem: { readonly column: string | null; readonly code: string; readonly message: string }) => void;

const telling =
  ({ problem: tell }: Findings): Tell =>
  (place, { column, code, message }) => {
    const cell = column === null ? null : place.cells?.[column];
    const value = cell === null || cell === undefined ? undefined : typeof cell === "string" ? cell : JSON.stringify(cell);
    tell({ row: place.row, record: recordOf(place), column, code, message }, value);
  };

/** Reads the valid rows of a file, and reports all problems of the others. */
const readCatalogue = async (path: string, items: AsyncIterable<Item>, tell: Tell): Promise<Catalogue> => {
  const catalogue: Catalogue = { rows: [], places: [] };
  let count = 0;
  for await (const item of items) {
    if (++count > MOST_ROWS) throw new Error(`${path} has more rows than the limit of ${MOST_ROWS}`);
    if (isFault(item)) {
      for (const fault of faultsOf(item)) tell(item, fault);
      continue;
    }
    const { row, problems } = procedureOf(item.cells);
    for (const problem of problems) tell(item, problem);
    if (problems.length === 0) {
      catalogue.rows.push(row);
      catalogue.places.push(item);
    } else
      for (const problem of problemsOfProcedure(row)) if (problems.every(({ column }) => column !== problem.column)) tell(item, problem);
  }
  return catalogue;
};

export interface ProcedureOptions extends FindingFiles {
  readonly sheet?: string;
}

/** Imports the catalogue of a file atomically. */
export const importProcedures = async (path: string, options: ProcedureOptions): Promise<void> => {
  const findings = openFindings(path, options, (line) => console.error(line));
  try {
    const reading = await readRows(path, COLUMNS, REQUIRED, { texts: TEXTS, sheet: options.sheet });
    const tell = telling(findings);
    const { rows, places } = await readCatalogue(path, reading.rows, tell);
    for (const problem of problemsOfProcedures(rows, (n) => places[n]!.row)) tell(places[problem.row]!, problem);
    for (const note of reading.notes()) console.log(note);
    if (findings.count() === 0) await load(rows, (problem) => tell(places[problem.row]!, problem));
  } finally {
    findings.end();
  }
  if (findings.count() === 0) return;
  console.log("nothing was kept");
  process.exitCode = 1;
};

/** Also reports conflicts with the stored catalogue. */
const load = async (rows: readonly ProcedureRow[], tell: (problem: RowProblem) => void): Promise<void> => {
  const actor = userName();
  const database = await openDatabase(readEnv(process.env));
  try {
    const by = { actor: `command:${actor}`, actorName: actor, at: new Date() };
    const { created, updated, unchanged } = await loadProcedures(database.orm.em.fork(), rows, by, carryToDossiers);
    console.log(`${created} created, ${updated} updated, ${unchanged} unchanged`);
  } catch (error) {
    const problems = error instanceof DomainError ? (error.extensions["problems"] as readonly RowProblem[] | undefined) : undefined;
    if (problems === undefined) throw error;
    for (const problem of problems) tell(problem);
  } finally {
    await database.close();
  }
};
