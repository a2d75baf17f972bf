import type { RequestContext } from "../access/request-context.ts";
import { cycleLoaders } from "../assessments/cycles/cycle.loaders.ts";
import { cycleNamed } from "../assessments/cycles/cycle.service.ts";
import {
  adjustmentsShown,
  itemsOfSheet,
  scaledOfSheet,
  sheetNamed,
  totalOfSheet,
  unitOfSheet,
} from "../assessments/cycles/sheet.service.ts";
import { rubricLoaders } from "../assessments/rubrics/rubric.loaders.ts";
import { standingsOf } from "../assessments/standings/standing.service.ts";
import { sheetTable } from "../assessments/tables/sheet-table.ts";
import { standingsTable } from "../assessments/tables/standings-table.ts";
import { foldName } from "../hierarchy/fold.ts";
import { type PrintedTable, type TableFormat, writeTable } from "../lib/files/printed-table.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "use">;

export interface ExportedFile {
  /** Without an extension, in ASCII. */
  readonly name: string;
  readonly content: Buffer;
}

interface NamedTable {
  readonly name: string;
  readonly table: PrintedTable;
}

/** In ASCII, as headers and all file systems take it. */
const fileName = (kind: ExportKind, year: number, code: string): string =>
  [
    kind,
    year,
    ...foldName(code)
      .split(/[^a-z0-9]+/)
      .filter(Boolean),
  ].join("-");

const sheetOf = async (context: Asking, id: string): Promise<NamedTable> => {
  const sheet = await sheetNamed(context, id);
  const cycle = (await context.use(cycleLoaders).cycleByNo.load(sheet.cycleNo))!;
  const [rubric, unit, items, adjustments] = await Promise.all([
    context.use(rubricLoaders).rubricByNo.load(sheet.rubricNo),
    unitOfSheet(sheet, context),
    itemsOfSheet(context, sheet),
    adjustmentsShown(context, sheet),
  ]);
  const table = sheetTable({
    ...{ unitName: unit!.fullName, rubricName: rubric!.name, year: cycle.year, stage: cycle.stage, items, adjustments },
    ...{ total: await totalOfSheet(context, sheet, "FINAL"), scaled: await scaledOfSheet(context, sheet) },
  });
  return { name: fileName("sheet", cycle.year, unit!.code), table };
};

const standingsFor = async (context: Asking, id: string): Promise<NamedTable> => {
  const cycle = await cycleNamed(context, id);
  const rubric = (await context.use(rubricLoaders).rubricByNo.load(cycle.rubricNo))!;
  const standings = await standingsOf(context, cycle);
  const isFinal = cycle.stage === "PUBLISHED";
  const table = standingsTable({ blockName: rubric.block.name, rubricName: rubric.name, year: cycle.year, isFinal, standings });
  return { name: fileName("standings", cycle.year, rubric.block.code), table };
};

const TABLES = { sheet: sheetOf, standings: standingsFor } as const;
export type ExportKind = keyof typeof TABLES;
export const EXPORT_KINDS = Object.keys(TABLES) as readonly ExportKind[];

/** The sheet of a unit, or the standings of a cycle, as a file. @throws DomainError NOT_FOUND for what the caller does not see, FORBIDDEN for standings without every sheet. */
export const exportAssessment = async (context: Asking, kind: ExportKind, id: string, format: TableFormat): Promise<ExportedFile> => {
  const { name, table } = await TABLES[kind](context, id);
  return { name, content: await writeTable(table, format) };
};
