import type { PrintedTable, PrintedCell, PrintedRow } from "../../lib/files/printed-table.ts";
import type { ScoreItemView } from "../cycles/sheet-scores.ts";

/** A sheet as it is printed. */
export interface PrintedSheet {
  readonly unitName: string;
  readonly rubricName: string;
  readonly year: number;
  readonly items: readonly ScoreItemView[];
  /** Sums after each round; null while a criterion is undecided or hidden. */
  readonly totals: { readonly self: number | null; readonly first: number | null; readonly second: number | null };
  readonly maxApplicable: number | null;
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

const rowOf = ({ criterion, isApplicable, ...item }: ScoreItemView): PrintedRow => {
  const scores: PrintedCell[] = isApplicable
    ? [item.selfScore, item.firstScore, item.secondScore, item.finalScore]
    : [null, null, null, null];
  const notes = [item.selfNote, item.firstNote, item.explanation, item.secondNote].filter((note) => note !== null);
  return {
    cells: [criterion.code, criterion.name, criterion.maxScore, ...scores, isApplicable ? notes.join("\n") || null : NOT_APPLICABLE],
    isBold: criterion.scoring === null,
  };
};

/** Leaves add up to their nodes, domains to the sum, and the sum with bonus and penalty to the total, as points have two decimals. */
export const sheetTable = (sheet: PrintedSheet): PrintedTable => {
  const { items, totals, adjustments } = sheet;
  const sum = (name: string, cells: readonly PrintedCell[], note: string | null = null): PrintedRow => ({
    cells: [null, name, ...cells, note],
    isBold: true,
  });
  const points = items
    .filter(({ criterion, isApplicable }) => criterion.parentPosition === null && isApplicable)
    .map(({ finalScore }) => finalScore);
  const rows = (adjustments ?? []).map(({ kind, points: given, reason }) => ({
    cells: [null, kind === "BONUS" ? "Điểm thưởng" : "Điểm phạt", null, null, null, null, kind === "BONUS" ? given : -given, reason],
  }));
  return {
    name: `Phiếu chấm điểm ${sheet.year}`,
    title: ["PHIẾU CHẤM ĐIỂM", sheet.rubricName, `${sheet.unitName}, năm ${sheet.year}`],
    columns: COLUMNS,
    rows: [
      ...items.map(rowOf),
      sum("Cộng", [sheet.maxApplicable, totals.self, totals.first, totals.second, addUp(points)]),
      ...rows,
      sum("Tổng điểm", [null, null, null, null, sheet.total]),
      sum("Điểm quy đổi", [null, null, null, null, sheet.scaled]),
    ],
  };
};

/** In whole hundredths, so that the sum is exact; null while one is undecided. */
const addUp = (points: readonly (number | null)[]): number | null =>
  points.includes(null) ? null : points.reduce<number>((total, one) => total + Math.round(one! * 100), 0) / 100;
