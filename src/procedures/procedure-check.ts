import { isText } from "../lib/text.ts";
import { faultOfCode } from "../lib/code.ts";
import { TIERS } from "../hierarchy/unit.entity.ts";
import { SERVICE_LEVELS } from "./procedure.entity.ts";

export interface ProcedureRow {
  readonly code: string;
  readonly name: string;
  readonly field: string;
  readonly fieldName: string;
  readonly competence: string;
  readonly serviceLevel: string;
  /** Null if the law sets no limit. */
  readonly workingDays: number | null;
  readonly hasFee: boolean;
}

export interface ProcedureProblem {
  readonly column: keyof ProcedureRow;
  readonly code: "BAD_CODE" | "BAD_TEXT" | "UNKNOWN_TIER" | "UNKNOWN_LEVEL" | "BAD_LIMIT" | "TWICE" | "TWO_NAMES";
  readonly message: string;
}

/** A problem of a list; `row` counts from 0. */
export type RowProblem = ProcedureProblem & { readonly row: number };

/** A national code such as 1.000894, or that of a local copy such as 1.010708.000.00.00.H56. */
const CODE = /^[1-3]\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?$/;
const LONGEST = 500;
const MAX_DAYS = 2000;
const TEXTS = ["name", "field", "fieldName"] as const;

/** Normalises texts to NFC without outer spaces. */
export const cleanProcedure = (row: ProcedureRow): ProcedureRow => {
  const clean = (text: string) => text.normalize("NFC").trim();
  return {
    ...row,
    ...{ code: clean(row.code), name: clean(row.name), field: clean(row.field), fieldName: clean(row.fieldName) },
    ...{ competence: clean(row.competence), serviceLevel: clean(row.serviceLevel) },
  };
};

/** Checks the row alone. */
export const problemsOfProcedure = (given: ProcedureRow): ProcedureProblem[] => {
  const row = cleanProcedure(given);
  const problem = (column: keyof ProcedureRow, code: ProcedureProblem["code"], accepted: string): ProcedureProblem => ({
    ...{ column, code },
    message: `${column}: ${JSON.stringify(given[column]).slice(0, 120)} is not accepted; ${accepted}`,
  });
  const found: ProcedureProblem[] = [];
  if (!CODE.test(row.code)) found.push(problem("code", "BAD_CODE", "must be a code such as 1.000894 or 1.010708.000.00.00.H56"));
  for (const column of TEXTS)
    if (!isText(row[column], LONGEST) || (column === "field" && faultOfCode(row.field, LONGEST) !== null))
      found.push(problem(column, "BAD_TEXT", `must have 1 to ${LONGEST} characters on one line`));
  if (!(TIERS as readonly string[]).includes(row.competence))
    found.push(problem("competence", "UNKNOWN_TIER", `must be one of ${TIERS.join(", ")}`));
  if (!(SERVICE_LEVELS as readonly string[]).includes(row.serviceLevel))
    found.push(problem("serviceLevel", "UNKNOWN_LEVEL", `must be one of ${SERVICE_LEVELS.join(", ")}`));
  if (row.workingDays !== null && !(row.workingDays >= 0 && row.workingDays <= MAX_DAYS))
    found.push(problem("workingDays", "BAD_LIMIT", `must be a number from 0 to ${MAX_DAYS}, or nothing`));
  return found;
};

/** Checks each row alone and against earlier rows: a repeated procedure, a field with two names. @param placeOf returns the row number for people */
export const problemsOfProcedures = (given: readonly ProcedureRow[], placeOf = (row: number) => row): RowProblem[] => {
  const codes = new Map<string, number>();
  const fields = new Map<string, { readonly name: string; readonly row: number }>();
  return given.flatMap((stated, row) => {
    const { code, field, fieldName } = cleanProcedure(stated);
    const found: RowProblem[] = problemsOfProcedure(stated).map((problem) => ({ ...problem, row }));
    const [same, known] = [codes.get(code), fields.get(field)];
    if (same !== undefined)
      found.push({ row, column: "code", code: "TWICE", message: `code: ${code} is a duplicate of row ${placeOf(same)}` });
    else codes.set(code, row);
    if (known && known.name !== fieldName)
      found.push({
        ...{ row, column: "fieldName", code: "TWO_NAMES" },
        message: `fieldName: the field ${field} has the name ${JSON.stringify(fieldName)} here and ${JSON.stringify(known.name)} in row ${placeOf(known.row)}`,
      });
    if (!known) fields.set(field, { name: fieldName, row });
    return found;
  });
};
