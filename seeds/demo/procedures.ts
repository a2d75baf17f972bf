import { readCsv } from "../../src/lib/files/csv-reader.ts";
import type { ProcedureRow } from "../../src/procedures/procedure-check.ts";

export interface DemoProcedure extends ProcedureRow {
  readonly workingDays: number;
  /** Frequency among the procedures of its tier. */
  readonly weight: number;
}

const COLUMNS = ["code", "name", "field", "fieldName", "competence", "serviceLevel", "workingDays", "hasFee", "weight"] as const;

export const readDemoProcedures = async (): Promise<DemoProcedure[]> =>
  (await readCsv(new URL("procedures.csv", import.meta.url), COLUMNS)).map(({ get }) => ({
    ...{ code: get("code"), name: get("name"), field: get("field"), fieldName: get("fieldName") },
    ...{ competence: get("competence"), serviceLevel: get("serviceLevel"), workingDays: Number(get("workingDays")) },
    ...{ hasFee: get("hasFee") === "true", weight: Number(get("weight")) },
  }));
