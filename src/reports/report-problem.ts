import { BadUserInput } from "../lib/errors.ts";

/** What can be wrong with a submitted report, each with its description in the schema. */
export const REPORT_PROBLEMS = {
  IDEMPOTENCY_KEY_MALFORMED: "idempotencyKey must be 1 to 200 visible ASCII characters (khóa chống gửi trùng sai).",
  FIGURE_COUNT_INVALID: "A report must have 1 to 5,000 figures (số lượng số liệu sai).",
  TEXT_INVALID: "A text is empty, too long or has a character that cannot be stored (văn bản không hợp lệ).",
  DAY_INVALID: "publishedOn is no day, or a day to come (ngày không hợp lệ).",
  PERIOD_INVALID: "A period has another form, or has not begun (kỳ không hợp lệ).",
  UNIT_UNKNOWN: "No unit has this code or id on the last day of the period (không có đơn vị).",
  UNIT_OUTSIDE: "The unit of a figure is not within the unit of the report (đơn vị ngoài phạm vi báo cáo).",
  MEASURE_UNKNOWN: "No measure has this code (không có chỉ tiêu).",
  VALUE_INVALID: "A number has another form than its measure, or a figure has not exactly one of value and range (giá trị không hợp lệ).",
  RANGE_REVERSED: "low is above high (khoảng giá trị ngược).",
  DENOMINATOR_INVALID: "The denominator is no count, is below the value, or stands with a measure that has none (mẫu số không hợp lệ).",
  SCOPE_INVALID: "The scope is a tier above the unit, or stands with an agency (cấp không hợp lệ).",
  STATED_TWICE: "The report states the measure twice for one unit, tier and period (số liệu trùng).",
  IDENTITY_BROKEN: "Numbers of one unit, tier and period break an identity (số liệu mâu thuẫn).",
  RESULT_TOO_LARGE: "A number that follows from the stated ones is larger than answers can hold (số suy ra quá lớn).",
  SUPERSEDES_OTHER_UNIT: "The report to correct is of another unit (báo cáo được thay thế của đơn vị khác).",
} as const;
export type ReportProblemCode = keyof typeof REPORT_PROBLEMS;

/** One thing that is wrong with a submitted report. */
export interface ReportProblem {
  /** Leads into the input: figures, 3, value. */
  readonly path: readonly string[];
  readonly code: ReportProblemCode;
  readonly message: string;
}

/** @param argument the place in the input: figures[3].value */
export const problemAt = (argument: string, code: ReportProblemCode, fault: string): ReportProblem => ({
  path: argument.match(/[^.[\]]+/g) ?? [],
  code,
  message: `${argument}: ${fault}`,
});

/** Collects the problems of one report. */
export class ReportProblems {
  readonly list: ReportProblem[] = [];

  /** Returns what `read` returns; null where it refuses the value, which becomes a problem. */
  attempt<T>(code: ReportProblemCode, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      return this.refused(code, error);
    }
  }

  /** Adds a problem for a refused value and returns null. @throws every other error. */
  refused(code: ReportProblemCode, error: unknown): null {
    if (!(error instanceof BadUserInput)) throw error;
    const argument = String(error.extensions["argument"]);
    this.list.push({ ...problemAt(argument, code, ""), message: error.message });
    return null;
  }
}
