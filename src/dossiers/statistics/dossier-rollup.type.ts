import { Field, InterfaceType, Int, ObjectType } from "type-graphql";
import { enumType } from "../../lib/enum.ts";
import type { Rollup } from "../../rollups/rollup.ts";
import type { Period } from "../../lib/time/period.ts";
import { SourceType } from "../../figures/source.type.ts";
import { DateScalar, PeriodScalar } from "../../lib/time/scalar.ts";
import type { Tier } from "../../hierarchy/unit.entity.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { TierEnum, UnitType } from "../../units/unit.type.ts";
import type { Channel } from "../dossier-state.ts";
import { ChannelEnum } from "../dossier-state.type.ts";
import { ProcedureFieldType } from "../../procedures/procedure.type.ts";

export type DossierMeasure =
  | "RECEIVED"
  | "RECEIVED_ONLINE"
  | "RECEIVED_DIRECT"
  | "RECEIVED_POSTAL"
  | "CARRIED_OVER"
  | "RESOLVED"
  | "RESOLVED_EARLY"
  | "RESOLVED_ON_TIME"
  | "RESOLVED_OVERDUE"
  | "IN_PROCESS"
  | "IN_PROCESS_NOT_DUE"
  | "IN_PROCESS_OVERDUE"
  | "WITHDRAWN"
  | "STOPPED"
  | "IN_PROCESS_PAUSED";
export const DossierMeasureEnum = enumType<DossierMeasure>("DossierMeasure", "Measures of dossiers (chỉ tiêu hồ sơ).", {
  RECEIVED: "Received in the period (đã tiếp nhận).",
  RECEIVED_ONLINE: "Received online (trực tuyến).",
  RECEIVED_DIRECT: "Received in person (trực tiếp).",
  RECEIVED_POSTAL: "Received by public post (bưu chính công ích).",
  CARRIED_OVER: "Carried over from the previous period (từ kỳ trước chuyển qua).",
  RESOLVED: "Resolved in the period (đã giải quyết).",
  RESOLVED_EARLY: "Resolved before the due day (trước hạn).",
  RESOLVED_ON_TIME: "Resolved on the due day, or without one (đúng hạn).",
  RESOLVED_OVERDUE: "Resolved after the due day (quá hạn).",
  IN_PROCESS: "In process at the end of the period (đang giải quyết).",
  IN_PROCESS_NOT_DUE: "In process and not overdue (trong hạn).",
  IN_PROCESS_OVERDUE: "In process and overdue (quá hạn).",
  WITHDRAWN: "Withdrawn by the citizen in the period (công dân rút hồ sơ).",
  STOPPED: "Stopped by the officer in the period (dừng xử lý).",
  IN_PROCESS_PAUSED: "In process and waiting for a supplement or a payment (đang tạm dừng).",
});

export type OnTimeBasis = "RESOLVED" | "HANDLED";
export const OnTimeBasisEnum = enumType<OnTimeBasis>("OnTimeBasis", "Formulas of the on-time rate (cách tính tỷ lệ đúng hạn).", {
  RESOLVED: "(early + on time) / resolved: the formula of most news and portals.",
  HANDLED: "(early + on time + in process and not yet due) / (received + carried over): indicator 2.1 of Decision 766/QĐ-TTg.",
});

@InterfaceType("DossierCounts", {
  resolveType: () => "DossierRollup",
  description:
    "Counts that a roll-up, a part and a breakdown share (số liệu hồ sơ), as in form II.06 of Circular 01/2020/TT-VPCP. Null means that " +
    "no value was reported, which is not 0.",
})
export abstract class DossierCountsType {
  @Field(() => PeriodScalar, { description: "The requested period (kỳ báo cáo)." })
  period!: Period;

  @Field(() => Int, { nullable: true, description: "Received in the period (đã tiếp nhận)." })
  received!: number | null;

  @Field(() => Int, { nullable: true, description: "Received online (trực tuyến)." })
  receivedOnline!: number | null;

  @Field(() => Int, { nullable: true, description: "Received in person (trực tiếp)." })
  receivedDirect!: number | null;

  @Field(() => Int, { nullable: true, description: "Received by public post (bưu chính công ích)." })
  receivedPostal!: number | null;

  @Field(() => Int, { nullable: true, description: "Carried over from the previous period (từ kỳ trước chuyển qua)." })
  carriedOver!: number | null;

  @Field(() => Int, { nullable: true, description: "Resolved in the period (đã giải quyết)." })
  resolved!: number | null;

  @Field(() => Int, { nullable: true, description: "Resolved before the due day (trước hạn)." })
  resolvedEarly!: number | null;

  @Field(() => Int, { nullable: true, description: "Resolved on the due day, or without one (đúng hạn)." })
  resolvedOnTime!: number | null;

  @Field(() => Int, { nullable: true, description: "Resolved after the due day (quá hạn)." })
  resolvedOverdue!: number | null;

  @Field(() => Int, { nullable: true, description: "In process at the end of the period (đang giải quyết)." })
  inProcess!: number | null;

  @Field(() => Int, { nullable: true, description: "In process and not overdue (trong hạn)." })
  inProcessNotDue!: number | null;

  @Field(() => Int, { nullable: true, description: "In process and overdue (quá hạn)." })
  inProcessOverdue!: number | null;

  @Field(() => Int, { nullable: true, description: "Withdrawn by the citizen in the period (công dân rút hồ sơ)." })
  withdrawn!: number | null;

  @Field(() => Int, { nullable: true, description: "Stopped by the officer in the period (dừng xử lý)." })
  stopped!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Paused dossiers, which inProcess includes: waiting for a supplement or a payment; null if not reported (đang tạm dừng).",
  })
  inProcessPaused!: number | null;
}

@ObjectType("DossierRollup", {
  implements: DossierCountsType,
  simpleResolvers: true,
  description:
    "Dossiers (hồ sơ thủ tục hành chính) handled in a subtree. Counts add up over the units of the subtree. Null means that no value was reported, which is not 0; " +
    "a measure that some unit with dossiers did not report is listed in incomplete, and its sum covers the reported parts. If no covered " +
    "value is certain but some are possible, as for a district long after its abolition, all counts are null, and bounds contain the values.",
})
export class DossierRollupType extends DossierCountsType {
  @Field(() => DateScalar, {
    nullable: true,
    description:
      "The last day whose records count: the last day of the period or, for a running period, today for VIEWERs of the unit and the end of the last half-month (1st to 14th, " +
      "15th to the end) for everybody else; null without records, and for these if a half-month is split (số liệu hồ sơ tính đến ngày).",
  })
  dataThrough!: string | null;
}

@ObjectType("DossierSubtotal", {
  implements: DossierCountsType,
  simpleResolvers: true,
  description: "Counts and rates of a part or of one field, without the fields that need the whole (số liệu thành phần).",
})
export class DossierSubtotalType extends DossierCountsType {}

@ObjectType("DossierTierRollup", {
  simpleResolvers: true,
  description: "The roll-up of the dossiers that units of one tier handled (theo cấp giải quyết).",
})
export class DossierTierRollupType {
  @Field(() => TierEnum, { description: "Tier of the handling unit on the day of handling." })
  tier!: Tier;

  @Field(() => DossierRollupType, { description: "Their dossiers." })
  rollup!: Rollup;
}

@ObjectType("DossierFieldRollup", {
  simpleResolvers: true,
  description: "The dossiers of one field of procedures, from single records only (theo lĩnh vực).",
})
export class DossierFieldRollupType {
  @Field(() => ProcedureFieldType, { description: "The field (lĩnh vực)." })
  field!: ProcedureFieldType;

  @Field(() => DossierSubtotalType, { description: "Its dossiers (số liệu)." })
  counts!: Rollup;
}

@ObjectType("DossierChannelRollup", { simpleResolvers: true, description: "Received dossiers of one channel (theo kênh tiếp nhận)." })
export class DossierChannelRollupType {
  @Field(() => ChannelEnum, { description: "How the dossiers were submitted." })
  channel!: Channel;

  @Field(() => Int, { description: "Received in the period (đã tiếp nhận)." })
  received!: number;
}

@ObjectType("DossierPart", { simpleResolvers: true, description: "One of the parts that add up to a roll-up (thành phần)." })
export class DossierPartType {
  @Field(() => UnitType, { description: "A unit below, an agency of the unit, or the unit itself for the remainder (đơn vị)." })
  unit!: UnitView;

  @Field(() => DossierSubtotalType, {
    description:
      "Its dossiers. A number of the remainder may be negative if reports contradict each other, or agencies count where they sit and not above (số liệu).",
  })
  counts!: Rollup;

  @Field(() => Boolean, {
    description:
      "True for the last part, whose unit is the whole's own: dossiers of its own, or not assigned to a lower unit (phần còn lại).",
  })
  isRemainder!: boolean;
}

@ObjectType("Reconciliation", { simpleResolvers: true, description: "A reported figure and the single records (đối soát số liệu)." })
export class ReconciliationType {
  @Field(() => DossierMeasureEnum, { description: "The measure (chỉ tiêu)." })
  measure!: DossierMeasure;

  @Field(() => Int, { description: "As reported (số báo cáo)." })
  reported!: number;

  @Field(() => Int, { description: "Count of the records of the same tiers (số từ hồ sơ)." })
  recorded!: number;

  @Field(() => Int, { description: "Recorded minus reported (chênh lệch)." })
  difference!: number;

  @Field(() => SourceType, { description: "The source of the figure (nguồn)." })
  source!: SourceType;
}
