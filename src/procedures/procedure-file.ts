import { readCsv } from "../lib/files/csv-reader.ts";
import { decimalOf } from "../lib/number.ts";
import { type ProcedureRow, problemsOfProcedures } from "./procedure-check.ts";

export const PROCEDURE_COLUMNS = ["code", "name", "field", "fieldName", "competence", "serviceLevel", "workingDays", "hasFee"] as const;

/** Text that is not a number becomes NaN, which the check of limits refuses. */
const limitOf = (text: string): number | null => (text === "" ? null : (decimalOf(text) ?? Number.NaN));

/** A catalogue of the seeds. @throws FileError naming file, row and column. */
export const readProcedureFile = async (file: URL): Promise<ProcedureRow[]> => {
  const rows = await readCsv(file, PROCEDURE_COLUMNS);
  const procedures = rows.map(({ get, fail }): ProcedureRow => {
    const hasFee = get("hasFee");
    if (hasFee !== "true" && hasFee !== "false") throw fail("hasFee", "must be true or false");
    return {
      ...{ code: get("code"), name: get("name"), field: get("field"), fieldName: get("fieldName"), competence: get("competence") },
      ...{ serviceLevel: get("serviceLevel"), workingDays: limitOf(get("workingDays")) },
      hasFee: hasFee === "true",
    };
  });
  const [problem] = problemsOfProcedures(procedures, (n) => rows[n]!.row);
  if (problem) throw rows[problem.row]!.fail(problem.column, `is not accepted: ${problem.message}`);
  return procedures;
};
