import { csvLine } from "../../lib/files/csv-writer.ts";
import type { Day } from "../../lib/time/date.ts";
import type { DatedNotice } from "./task-notice.service.ts";
import { type NoticeKind, NOTICES } from "./task-notice.store.ts";

const COLUMNS = [
  ...["unit", "unitName", "notice", "code", "title", "deadline", "daysLeft", "daysLate", "progress", "doneOn", "assignedBy", "lead"],
] as const;

const countOf = (days: number | null): string => (days === null ? "" : String(days));

const cellsOf = (one: DatedNotice): string[] => [
  ...[one.unit, one.unitName, one.notice, one.code, one.title, one.deadline ?? "", countOf(one.daysLeft), countOf(one.daysLate)],
  ...[one.progress, one.doneOn ?? "", one.assignerName, one.leadName],
];

/** One line for each notice, after a header. */
export const noticesAsCsv = (notices: readonly DatedNotice[]): string =>
  [csvLine(COLUMNS), ...notices.map((one) => csvLine(cellsOf(one)))].join("");

// The text is a letter to the offices, so it is in Vietnamese.
const HEADINGS: Readonly<Record<NoticeKind, string>> = {
  OVERDUE: "Quá hạn",
  DUE: "Sắp đến hạn",
  AWAITING_CONFIRMATION: "Chờ xác nhận",
};

const shown = (day: Day): string => day.split("-").toReversed().join("/");

const whenOf = ({ deadline, doneOn, daysLeft, daysLate }: DatedNotice): string => {
  if (daysLate !== null) return `hạn ${shown(deadline!)}, quá ${daysLate} ngày làm việc`;
  if (daysLeft === null) return `báo cáo xong ngày ${shown(doneOn!)}`;
  return `hạn ${shown(deadline!)}, ${daysLeft === 0 ? "hôm nay" : `còn ${daysLeft} ngày làm việc`}`;
};

const lineOf = (one: DatedNotice): string => {
  const other = one.notice === "AWAITING_CONFIRMATION" ? `chủ trì: ${one.leadName}` : `giao: ${one.assignerName}`;
  return `    ${one.code}  ${one.title} (${whenOf(one)}; ${other})`;
};

/** One paragraph for each unit. */
export const noticesAsText = (notices: readonly DatedNotice[], on: Day): string => {
  if (notices.length === 0) return `Ngày ${shown(on)}: không có nhiệm vụ cần nhắc.\n`;
  const units = Map.groupBy(notices, ({ unit }) => unit);
  return [...units]
    .map(([unit, ofUnit]) => {
      const parts = NOTICES.flatMap((notice) => {
        const lines = ofUnit.filter((one) => one.notice === notice).map(lineOf);
        return lines.length === 0 ? [] : [`  ${HEADINGS[notice]} (${lines.length}):`, ...lines];
      });
      return [`${ofUnit[0]!.unitName} (${unit}), ngày ${shown(on)}`, ...parts, ""].join("\n");
    })
    .join("\n");
};
