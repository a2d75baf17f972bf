import { fileURLToPath } from "node:url";
import {
  bandsOfText,
  criterionOfCells,
  REQUIRED_RUBRIC_COLUMNS,
  RUBRIC_COLUMNS,
  RUBRIC_TEXTS,
} from "../../src/assessments/rubrics/rubric-file.ts";
import { loadRubric, withMaximum } from "../../src/assessments/rubrics/rubric-load.service.ts";
import type { CriterionInput, RubricInput } from "../../src/assessments/rubrics/rubric.input.ts";
import type { IndexKind } from "../../src/assessments/vocabulary.ts";
import type { Database } from "../../src/database/database.ts";
import { isFault, readRows } from "../../src/lib/files/rows.ts";

interface IllustrativeRubric extends Pick<RubricInput, "index" | "name" | "bonusMax" | "penaltyMax"> {
  readonly file: string;
  readonly bands: string;
}

const BANDS = "XUAT_SAC=90...; TOT=80...90; KHA=70...80; TRUNG_BINH_KHA=60...70; TRUNG_BINH=50...60; YEU=...50";
export const ORGANISER = "22";

/** Illustrative rubrics: the domains of a commune rubric of 2019, and those criteria of Decision 766 that indicators of the service compute. */
const RUBRICS: readonly IllustrativeRubric[] = [
  {
    ...{
      file: "communes.csv",
      index: "PAR",
      name: "Bộ tiêu chí cải cách hành chính cấp xã",
      bonusMax: 2,
      penaltyMax: 5,
    },
    bands: BANDS,
  },
  {
    ...{
      file: "decision-766.csv",
      index: "SERVICE_QUALITY",
      name: "Bộ chỉ số phục vụ theo Quyết định 766/QĐ-TTg",
      bonusMax: 0,
    },
    ...{ penaltyMax: 0, bands: "" },
  },
];

const readCriteria = async (file: string): Promise<CriterionInput[]> => {
  const path = fileURLToPath(new URL(`../rubrics/${file}`, import.meta.url));
  const criteria: CriterionInput[] = [];
  for await (const item of (await readRows(path, RUBRIC_COLUMNS, REQUIRED_RUBRIC_COLUMNS, { texts: RUBRIC_TEXTS })).rows) {
    const { input, problems } = isFault(item) ? { input: null, problems: [item] } : criterionOfCells(item.cells);
    if (problems[0] || !input) throw new Error(`${path}, row ${item.row}: ${problems[0]?.message}`);
    criteria.push(input);
  }
  return criteria;
};

/** Publishes the rubrics of the seeds for communes of the demo's first province in the year, and returns their ids by index. */
export const publishRubrics = async (
  database: Pick<Database, "orm" | "pools">,
  year: number,
  say: (line: string) => void,
): Promise<ReadonlyMap<IndexKind, string>> => {
  const by = { actor: "command:demo", actorName: "demo", at: new Date() };
  const ids = new Map<IndexKind, string>();
  for (const { file, bands, name, ...rubric } of RUBRICS) {
    const block = { organiser: ORGANISER, block: "COMMUNES", blockName: "Khối xã, phường, đặc khu", year };
    const named = { ...block, ...rubric, name: `${name} năm ${year} (minh họa)` };
    const input = withMaximum({ ...named, bands: bandsOfText(bands)!, criteria: await readCriteria(file) });
    const { rubric: made, problems } = await loadRubric(database, input, { by, operation: "demo", isPublished: true });
    if (!made) throw new Error(`${file}: ${problems[0]?.message}`);
    ids.set(rubric.index, made.id);
    say(`published: ${named.name}`);
  }
  return ids;
};
