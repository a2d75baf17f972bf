import type { PrintedCell } from "../../lib/files/printed-table.ts";

/** The places for signatures below a table: who made it, and who answers for it, each from a column of the table on. */
export const signatures = (maker: number, head: number): PrintedCell[][] =>
  [
    ["", ""],
    ["NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"],
    ["(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)"],
  ].map(([left, right]) => Array.from({ length: head + 1 }, (_, n) => (n === maker ? left! : n === head ? right! : null)));
