import { GraphQLScalarType } from "graphql";
import { enumType } from "../enum.ts";
import { instantText } from "./date.ts";
import type { Period, PeriodGrain } from "./period.ts";

/** A text scalar, whose value is checked by its users, so that errors can name the argument. */
const textScalar = (name: string, description: string, serialize: (value: unknown) => string) =>
  new GraphQLScalarType<string, string>({
    name,
    description,
    serialize,
    parseValue: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
    parseLiteral: (node) => ("value" in node ? String(node.value) : node.kind),
  });

export const DateScalar = textScalar("Date", "A calendar date, ISO 8601: 2021-12-31. Days are days in Asia/Ho_Chi_Minh (ngày).", String);

/** SQL returns an instant as text to the microsecond, and code as a Date. */
export const DateTimeScalar = textScalar(
  "DateTime",
  "An instant, ISO 8601 with the offset of Asia/Ho_Chi_Minh: 2026-11-22T12:00:00.000+07:00 (thời điểm).",
  (value) => (value instanceof Date ? instantText(value.getTime()) : String(value)),
);

export const PeriodScalar = textScalar(
  "Period",
  "A reporting period (kỳ báo cáo). 2021 · 2021-H1 · 2021-9M · 2021-Q3 · 2021-07 · a range of years 2015/2018 · any range of days 2021-01-01/2021-05-11. " +
    "Calendar by default; the suffix @ND09 uses the statutory cut-offs of Decree 09/2019/NĐ-CP (2021@ND09 = 2020-12-15..2021-12-14).",
  (value) => (value as Period).name,
);

export const PeriodGrainEnum = enumType<PeriodGrain>("PeriodGrain", "Length of the points of a series (độ dài kỳ).", {
  MONTH: "A month (tháng).",
  QUARTER: "A quarter (quý).",
  HALF_YEAR: "Six months (6 tháng).",
  YEAR: "A year (năm).",
});
