import type { PrintedTable } from "../../lib/files/printed-table.ts";
import type { Standing } from "../standings/standing.service.ts";
import { signatures } from "./signatures.ts";

/** The standings of a block as they are printed. */
export interface PrintedStandings {
  readonly blockName: string;
  readonly rubricName: string;
  readonly year: number;
  /** False while the results are not published. */
  readonly isFinal: boolean;
  readonly standings: readonly Standing[];
}

const COLUMNS = [
  { heading: "Hạng", width: 12 },
  { heading: "Mã", width: 14 },
  { heading: "Đơn vị", width: 50 },
  { heading: "Tổng điểm", width: 12 },
  { heading: "Điểm quy đổi", width: 12 },
  { heading: "Hạng cao nhất", width: 10 },
  { heading: "Hạng thấp nhất", width: 10 },
  { heading: "Xếp loại", width: 18 },
];

/** One place, or the places that the unit may still take: 2–4. */
const placeOf = ({ bestRank, worstRank }: Standing): string => (bestRank === worstRank ? String(bestRank) : `${bestRank}–${worstRank}`);

export const standingsTable = ({ blockName, rubricName, year, isFinal, standings }: PrintedStandings): PrintedTable => ({
  name: `Xếp hạng ${year}`,
  title: [isFinal ? "BẢNG XẾP HẠNG" : "BẢNG XẾP HẠNG TẠM TÍNH", rubricName, `${blockName}, năm ${year}`],
  columns: COLUMNS,
  rows: standings.map((standing) => ({
    cells: [
      ...[placeOf(standing), standing.unit.code, standing.unit.fullName, standing.total, standing.scaled],
      ...[standing.bestRank, standing.worstRank, standing.classification?.label ?? null],
    ],
  })),
  foot: signatures(2, 6),
});
