import { Field, Int, ObjectType } from "type-graphql";
import { enumType } from "../../lib/enum.ts";
import type { Period } from "../../lib/time/period.ts";
import { PeriodScalar } from "../../lib/time/scalar.ts";
import type { Form06Columns, ReportingConvention } from "./form06.ts";
import { ProcedureFieldType } from "../../procedures/procedure.type.ts";

export const ReportingConventionEnum = enumType<ReportingConvention>(
  "ReportingConvention",
  "Columns for dossiers that are paused, withdrawn or stopped (quy ước báo cáo).",
  {
    SEPARATE: "In columns of their own only (cột riêng).",
    FORM_06A: "Form II.06a as printed: in the on-time column, counted as resolved (tính vào đúng hạn).",
  },
);

@ObjectType("Form06Row", { simpleResolvers: true, description: "Columns 3 to 13 of form II.06, in its order (dòng biểu mẫu)." })
export class Form06RowType implements Form06Columns {
  @Field(() => ProcedureFieldType, { nullable: true, description: "Column 2: the field; null for the total (lĩnh vực)." })
  field!: ProcedureFieldType | null;

  @Field(() => Int, { description: "Column 3: to be handled, received and carried over (tổng số nhận giải quyết)." })
  toHandle!: number;

  @Field(() => Int, { description: "Column 4: received online in the period (tiếp nhận trực tuyến)." })
  receivedOnline!: number;

  @Field(() => Int, { description: "Column 5: received in person or by public post in the period (trực tiếp, dịch vụ bưu chính)." })
  receivedDirectOrPostal!: number;

  @Field(() => Int, { description: "Column 6: carried over from the previous period (từ kỳ trước)." })
  carriedOver!: number;

  @Field(() => Int, { description: "Column 7: resolved in the period (đã giải quyết)." })
  resolved!: number;

  @Field(() => Int, { description: "Column 8: before the due day (trước hạn)." })
  resolvedEarly!: number;

  @Field(() => Int, {
    description: "Column 9: on the due day, or without one; as printed also those paused, withdrawn and stopped (đúng hạn).",
  })
  resolvedOnTime!: number;

  @Field(() => Int, { description: "Column 10: after the due day (quá hạn)." })
  resolvedOverdue!: number;

  @Field(() => Int, { description: "Column 11: in process at the end of the period, and not paused (đang giải quyết)." })
  inProcess!: number;

  @Field(() => Int, { description: "Column 12: not overdue (trong hạn)." })
  inProcessNotDue!: number;

  @Field(() => Int, { description: "Column 13: overdue (quá hạn)." })
  inProcessOverdue!: number;

  @Field(() => Int, {
    description: "In no column of the form: waiting for a supplement or a payment; 0 if FORM_06A (tạm dừng, chờ bổ sung).",
  })
  paused!: number;

  @Field(() => Int, {
    description: "In no column of the form: withdrawn or stopped in the period; 0 if FORM_06A (rút hồ sơ, dừng xử lý).",
  })
  withdrawnOrStopped!: number;
}

@ObjectType("Form06", {
  simpleResolvers: true,
  description: "Form II.06 of Circular 01/2020/TT-VPCP: handled dossiers, one row per field (biểu số II.06).",
})
export class Form06Type {
  @Field(() => PeriodScalar, { description: "The requested period (kỳ báo cáo)." })
  period!: Period;

  @Field(() => Form06RowType, { description: "The sum of the rows (tổng cộng)." })
  total!: Form06RowType;
}
