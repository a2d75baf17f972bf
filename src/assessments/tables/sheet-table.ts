import type { PrintedCell, PrintedRow, PrintedTable } from "../../lib/files/printed-table.ts";
import { CYCLE_STAGES, type CycleStage } from "../cycles/cycle-vocabulary.ts";
import type { ScoreItemView } from "../cycles/sheet-scores.ts";
import { hundredthsOf, pointsOf } from "../scoring/points.ts";
import { sumUp } from "../scoring/tree.ts";
import { signatures } from "./signatures.ts";

/** A sheet as it is printed. */
export interface PrintedSheet {
  readonly unitName: string;
  readonly rubricName: string;
  readonly year: number;
  readonly stage: CycleStage;
  readonly items: readonly ScoreItemView[];
  /** Null for those who see only some criteria. */
  readonly adjustments: readonly { readonly kind: "BONUS" | "PENALTY"; readonly points: number; readonly reason: string }[] | null;
  readonly total: number | null;
  readonly scaled: number | null;
}

const COLUMNS = [
  { heading: "STT", width: 8 },
  { heading: "Lĩnh vực, tiêu chí, tiêu chí thành phần", width: 60 },
  { heading: "Điểm tối đa", width: 10 },
  { heading: "Tự chấm", width: 10 },
  { heading: "Thẩm định lần 1", width: 10 },
  { heading: "Thẩm định lần 2", width: 10 },
  { heading: "Kết quả", width: 10 },
  { heading: "Ghi chú", width: 50 },
];

const NOT_APPLICABLE = "Không áp dụng";

/** Points of a leaf in a column; null while undecided, undefined where it has none. */
type LeafPoints = (item: ScoreItemView) => number | null | undefined;

/** What stood after the first appraisal: computed points stand unless they are overruled. */
const afterFirst: LeafPoints = ({ criterion: { scoring }, firstScore, selfScore }) => {
  if (scoring === "SURVEY") return undefined;
  return firstScore ?? (scoring === "INDICATOR" ? selfScore : null);
};

/** The columns of points in their order, each from the stage on in which it is filled. */
const POINTS: readonly { readonly from: CycleStage; readonly of: LeafPoints }[] = [
  { from: "SELF_SCORING", of: ({ criterion }) => criterion.maxScore },
  { from: "SELF_SCORING", of: ({ criterion, selfScore }) => (criterion.scoring === "SURVEY" ? undefined : selfScore) },
  { from: "FIRST_APPRAISAL", of: afterFirst },
  { from: "SECOND_APPRAISAL", of: (item) => item.secondScore ?? afterFirst(item) },
  { from: "SELF_SCORING", of: ({ finalScore }) => finalScore },
];

/** Points of the whole sheet and then of its items, so that the leaves of each column add up to its nodes, and these to the whole. */
const columnOf = ({ items }: PrintedSheet, points: LeafPoints): PrintedCell[] => {
  const places = new Map(items.map(({ criterion }, n) => [criterion.position, n + 1]));
  const nodes = items.map(({ criterion: { parentPosition } }) => ({ parent: parentPosition === null ? 0 : places.get(parentPosition)! }));
  const sums = sumUp([{ parent: null }, ...nodes], (n) => {
    const item = items[n - 1];
    const given = item?.isApplicable ? points(item) : undefined;
    return given == null ? given : hundredthsOf(given);
  });
  return sums.map((sum) => (sum == null ? null : pointsOf(sum)));
};

/** Of the whole sheet and then of its items; who sees only some criteria gets no sums. */
const pointsIn = (sheet: PrintedSheet): PrintedCell[][] => {
  const { items, stage, adjustments } = sheet;
  const isBegun = (from: CycleStage) => CYCLE_STAGES.indexOf(from) <= CYCLE_STAGES.indexOf(stage);
  const columns = POINTS.map(({ from, of }) => (isBegun(from) ? columnOf(sheet, of) : []));
  const cells = [null, ...items].map((_, n) => columns.map((column) => column[n] ?? null));
  if (adjustments !== null) return cells;
  const isLeaf = (n: number) => n > 0 && items[n - 1]!.criterion.scoring !== null;
  return cells.map((row, n) => (isLeaf(n) ? row : [items[n - 1]?.criterion.maxScore ?? null, null, null, null, null]));
};

const rowOf = ({ criterion, isApplicable, ...item }: ScoreItemView, points: readonly PrintedCell[]): PrintedRow => {
  const notes = [item.selfNote, item.firstNote, item.explanation, item.secondNote].filter((note) => note !== null);
  return {
    cells: [criterion.code, criterion.name, ...points, isApplicable ? notes.join("\n") || null : NOT_APPLICABLE],
    isBold: criterion.scoring === null,
  };
};

/** Each column adds up: leaves to their nodes, domains to the sum; and the sum with bonus and penalty to the total. */
export const sheetTable = (sheet: PrintedSheet): PrintedTable => {
  const { items, adjustments } = sheet;
  const [sums, ...points] = pointsIn(sheet);
  const sum = (name: string, cells: readonly PrintedCell[]): PrintedRow => ({ cells: [null, name, ...cells, null], isBold: true });
  const rows = (adjustments ?? []).map(({ kind, points: given, reason }) => ({
    cells: [null, kind === "BONUS" ? "Điểm thưởng" : "Điểm phạt", null, null, null, null, kind === "BONUS" ? given : -given, reason],
  }));
  return {
    name: `Phiếu chấm điểm ${sheet.year}`,
    title: ["PHIẾU CHẤM ĐIỂM", sheet.rubricName, `${sheet.unitName}, năm ${sheet.year}`],
    columns: COLUMNS,
    rows: [
      ...items.map((item, n) => rowOf(item, points[n]!)),
      sum("Cộng", sums!),
      ...rows,
      sum("Tổng điểm", [null, null, null, null, sheet.total]),
      sum("Điểm quy đổi", [null, null, null, null, sheet.scaled]),
    ],
    foot: signatures(1, 5),
  };
};
