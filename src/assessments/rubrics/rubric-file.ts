import type { PrintedCell, PrintedTable } from "../../lib/files/printed-table.ts";
import { INDEX_NAMES, type IndexKind } from "../vocabulary.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import { type CriterionScoring, CRITERION_SCORINGS } from "./rubric.entity.ts";
import type { CriterionInput, ScoreBandInput } from "./rubric.input.ts";
import type { CriterionView, RubricView } from "./rubric.loaders.ts";

/** The columns of a file of criteria, in their order; rows are nodes, parents before children. */
export const RUBRIC_COLUMNS = ["code", "name", "maxScore", "scale", "scoring", "indicator", "steps", "appraiser", "evidence"] as const;
export const REQUIRED_RUBRIC_COLUMNS = ["code", "name", "maxScore", "scoring"] as const;
export const RUBRIC_TEXTS = ["code", "name", "scale", "scoring", "indicator", "steps", "appraiser"] as const;
type Column = (typeof RUBRIC_COLUMNS)[number];

/** Columns of the fields of a CriterionInput. */
const FIELD_COLUMNS: Readonly<Record<string, Column>> = { evidenceRequired: "evidence" };
export const columnOfField = (field: string | undefined): string | null => (field === undefined ? null : (FIELD_COLUMNS[field] ?? field));

interface CriterionProblem {
  readonly column: Column;
  readonly code: string;
  readonly message: string;
}

const NUMBER = /^\d{1,15}(?:\.\d{1,15})?(?:e-\d{1,2})?$/;
const STEP = /^(\S+?) *= *(\S+?)(?: +(STEP|LINEAR))?$/;

const numberOf = (text: string): number | null => (NUMBER.test(text) ? Number(text) : null);

/** 0.5=10; 0.9=39.5 LINEAR. Null for another form. */
const stepsOf = (text: string): ScoreStep[] | null => {
  const parts = text.split(";").map((part) => part.trim());
  const steps = parts.flatMap((part): ScoreStep[] => {
    const [, from = "", points = "", shape = "STEP"] = STEP.exec(part) ?? [];
    const [value, given] = [numberOf(from), numberOf(points)];
    return value === null || given === null ? [] : [{ from: value, points: given, shape: shape as ScoreStep["shape"] }];
  });
  return steps.length === parts.length ? steps : null;
};

const stepsText = (steps: readonly ScoreStep[]): string =>
  steps.map(({ from, points, shape }) => `${from}=${points}${shape === "LINEAR" ? " LINEAR" : ""}`).join("; ");

const FLAGS = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  [true, true],
  [false, false],
  [null, false],
]);

/** The cells of a row; those of another form become problems and are replaced. */
class CriterionCells {
  readonly problems: CriterionProblem[] = [];
  readonly #cells: Readonly<Record<string, unknown>>;

  constructor(cells: Readonly<Record<string, unknown>>) {
    this.#cells = cells;
  }

  refuse<T>(column: Column, code: string, accepted: string, instead: T): T {
    const shown = JSON.stringify(this.#cells[column] ?? null).slice(0, 120);
    this.problems.push({ column, code, message: `${column}: ${shown} is not accepted; ${accepted}` });
    return instead;
  }

  text(column: Column): string | null {
    const cell = this.#cells[column] ?? null;
    const words = typeof cell === "number" ? String(cell) : cell;
    if (words === null || typeof words === "string") return words?.trim() || null;
    return this.refuse(column, "TEXT_EXPECTED", "must be a text", null);
  }

  maxScore(): number {
    const text = this.text("maxScore");
    return (
      (text === null ? null : numberOf(text)) ??
      this.refuse("maxScore", "NUMBER_EXPECTED", "must be a number in digits, such as 10 or 0.5", 0)
    );
  }

  scoring(): CriterionScoring | null {
    const text = this.text("scoring");
    if (text === null || CRITERION_SCORINGS.some((one) => one === text)) return text as CriterionScoring | null;
    return this.refuse("scoring", "SCORING_UNKNOWN", `must be ${CRITERION_SCORINGS.join(", ")}, or nothing for an inner node`, null);
  }

  steps(): ScoreStep[] {
    const text = this.text("steps");
    const accepted =
      "must be value=points, separated by ; with LINEAR behind a step from which a line leads to the next: 0.5=10; 0.9=39.5 LINEAR";
    return text === null ? [] : (stepsOf(text) ?? this.refuse("steps", "STEPS_MALFORMED", accepted, []));
  }

  evidence(): boolean {
    const cell = this.#cells["evidence"] ?? null;
    const flag = typeof cell === "string" ? cell.trim().toLowerCase() || null : cell;
    return FLAGS.get(flag) ?? this.refuse("evidence", "BAD_FLAG", "must be true, false or nothing", false);
  }
}

/** The criterion of a row. */
export const criterionOfCells = (
  row: Readonly<Record<string, unknown>>,
): { readonly input: CriterionInput; readonly problems: readonly CriterionProblem[] } => {
  const cells = new CriterionCells(row);
  const input = {
    ...{ code: cells.text("code") ?? "", name: cells.text("name") ?? "", maxScore: cells.maxScore(), scale: cells.text("scale") },
    ...{ scoring: cells.scoring(), indicator: cells.text("indicator"), steps: cells.steps(), appraiser: cells.text("appraiser") },
    evidenceRequired: cells.evidence(),
  };
  return { input, problems: cells.problems };
};

/** The row of a criterion, in the order of the columns. */
const cellsOfCriterion = (criterion: CriterionView, appraiser: string | null): PrintedCell[] => {
  const { code, name, maxScore, scale, scoring, indicator, steps, evidenceRequired } = criterion;
  return [code, name, maxScore, scale, scoring, indicator, stepsText(steps) || null, appraiser, evidenceRequired ? "true" : null];
};

const WIDTHS: Readonly<Record<Column, number>> = {
  ...{ code: 8, name: 60, maxScore: 10, scale: 40, scoring: 12, indicator: 24, steps: 30, appraiser: 20, evidence: 10 },
};

export interface FiledCriterion {
  readonly criterion: CriterionView;
  /** Code or id; null for the organiser. */
  readonly appraiser: string | null;
}

/** The file of a rubric, as an import reads it. */
export const tableOfCriteria = ({ year, block }: RubricView, criteria: readonly FiledCriterion[]): PrintedTable => ({
  name: `${block.code} ${year}`,
  title: [],
  columns: RUBRIC_COLUMNS.map((heading) => ({ heading, width: WIDTHS[heading] })),
  rows: criteria.map(({ criterion, appraiser }) => ({ cells: cellsOfCriterion(criterion, appraiser), isBold: criterion.scoring === null })),
});

const BAND = /^(\S+?) *= *([\d.]*?) *\.\.\. *([\d.]*)$/;

/** YEU=...50; KHA=50...80; TOT=80... Null for another form. */
export const bandsOfText = (text: string): ScoreBandInput[] | null => {
  const parts = text
    .split(";")
    .map((part) => part.trim())
    .filter(Boolean);
  const bands = parts.flatMap((part): ScoreBandInput[] => {
    const [, classification, from = "", to = ""] = BAND.exec(part) ?? [];
    const edges = [from, to].map((edge) => (edge === "" ? null : numberOf(edge)));
    const isForm = classification !== undefined && [from, to].every((edge, n) => edge === "" || edges[n] !== null);
    return isForm ? [{ classification, from: edges[0]!, to: edges[1]! }] : [];
  });
  return bands.length === parts.length ? bands : null;
};

export const textOfBands = (bands: RubricView["bands"]): string =>
  bands.map(({ classification, from, to }) => `${classification.code}=${from ?? ""}...${to ?? ""}`).join("; ");

export const isIndexKind = (text: string): text is IndexKind => Object.hasOwn(INDEX_NAMES, text);
