import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredUnits } from "../../access/scope.ts";
import { grantsFor, type Viewer } from "../../access/viewer.ts";
import { instant } from "../../database/instant-text.ts";
import { manyBy, oneBy, type Positioned } from "../../database/loader.ts";
import { keyed } from "../../database/relation.ts";
import { validOn } from "../../hierarchy/sql.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Hundredths } from "../scoring/points.ts";
import { cycleReading, dayOfUnit, numbered } from "./cycle.loaders.ts";
import type { AdjustmentKind, ScoreEvidence } from "./cycle-vocabulary.ts";
import type { StoredReceipt } from "./receipt.ts";

export interface SheetView {
  readonly no: number;
  readonly cycleNo: number;
  readonly rubricNo: number;
  readonly unitNo: number;
  readonly organiserNo: number;
  /** Units other than the organiser and the unit itself that appraise criteria of it. */
  readonly appraiserNos: readonly number[];
  /** The day of the unit's view. */
  readonly asOf: Day;
  readonly submittedAt: string | null;
  readonly reopenedUntil: Day | null;
  readonly overrideClass: string | null;
  readonly overrideReason: string | null;
  /** True for VIEWERs of the member or of the organiser; false for ASSESSORs of some criteria. */
  readonly isWhole: boolean;
}

/** Scores of a leaf as a write reads them. */
export interface StoredItem {
  readonly position: number;
  readonly appraiserNo: number | null;
  readonly isApplicable: boolean;
  readonly applicabilityReason: string | null;
  readonly self: Hundredths | null;
  readonly first: Hundredths | null;
  readonly second: Hundredths | null;
  /** By a correction of what was published. */
  readonly corrected: Hundredths | null;
  readonly selfNote: string | null;
  readonly firstNote: string | null;
  readonly explanation: string | null;
  readonly secondNote: string | null;
  readonly evidence: readonly ScoreEvidence[];
  /** Of INDICATOR, as frozen when the sheet was handed in. */
  readonly receipt: StoredReceipt | null;
}

export interface AdjustmentView {
  readonly no: number;
  readonly kind: AdjustmentKind;
  readonly points: Hundredths;
  readonly reason: string;
  readonly decidedAt: string;
}

/** What was written about a leaf. */
export type ItemTexts = Pick<StoredItem, "position" | "selfNote" | "firstNote" | "explanation" | "secondNote" | "evidence">;

/** Whether the viewer appraises leaf `i`, also for units that have ended. */
export const isAssessed = (viewer: Viewer | null) => sql<boolean>`i.appraiser_id in (${coveredUnits(grantsFor(viewer, "ASSESSOR"))})`;

const isWhole = sql<boolean>`(s.unit_id in (select unit_id from covered) or s.organiser_id in (select unit_id from covered))`;
const isSheetSeen = sql<boolean>`(${isWhole} or s.appraiser_ids && array(select unit_id from assessing))`;

/** Columns of a SheetView; `s` is the sheet, `c` its cycle, `u` its unit. */
const sheetColumns = (
  today: Day,
) => sql`s.id as no, s.cycle_id as "cycleNo", c.rubric_id as "rubricNo", s.unit_id as "unitNo", s.organiser_id as "organiserNo",
  s.appraiser_ids as "appraiserNos", ${dayOfUnit(today)} as "asOf", ${instant(sql`s.submitted_at`, "MS")} as "submittedAt", s.reopened_until as "reopenedUntil",
  s.override_class as "overrideClass", s.override_reason as "overrideReason"`;

/** Columns of a StoredItem; `i` is the item. */
export const itemColumns = sql`i.position, i.appraiser_id as "appraiserNo", i.is_applicable as "isApplicable", i.applicability_reason as "applicabilityReason", i.self, i.first,
  i.second, i.self_note as "selfNote", i.first_note as "firstNote", i.explanation, i.second_note as "secondNote", i.evidence, i.corrected, i.receipt`;

/** All loaders read only what the viewer may see. */
export const sheetLoaders = (context: Pick<RequestContext, "session" | "viewer" | "today">) => {
  const { scope, readable } = cycleReading(context);
  const { today, viewer } = context;
  return {
    sheetByNo: oneBy<number, SheetView & Positioned>(String, (numbers) =>
      readable(sql<SheetView & Positioned>`
        with ${scope} select k.i::int, ${sheetColumns(today)}, ${isWhole} as "isWhole" from ${numbered(numbers)}
        join score_sheet s on s.id = k.no join assessment_cycle c on c.id = s.cycle_id join unit u on u.id = s.unit_id where ${isSheetSeen}`),
    ),

    /** By code of the unit. */
    sheetsOf: manyBy<number, SheetView & Positioned>(String, (numbers) =>
      readable(sql<SheetView & Positioned>`
        with ${scope} select k.i::int, ${sheetColumns(today)}, ${isWhole} as "isWhole" from ${numbered(numbers)}
        join assessment_cycle c on c.id = k.no join score_sheet s on s.cycle_id = c.id join unit u on u.id = s.unit_id
        join unit_version v on v.unit_id = u.id and ${validOn(dayOfUnit(today))}
        where ${isSheetSeen} order by k.i, v.code collate "C", u.id`),
    ),

    /** Of the leaves that the viewer may see, where anything was written. */
    textsOf: manyBy<SheetView, ItemTexts & Positioned>(
      ({ no }) => String(no),
      (sheets) =>
        readable(sql<ItemTexts & Positioned>`
          select k.i::int, i.position, i.self_note as "selfNote", i.first_note as "firstNote", i.explanation, i.second_note as "secondNote", i.evidence
          from ${keyed("k", sheets, { no: ["int", ({ no }) => no], whole: ["boolean", (sheet) => sheet.isWhole] })}
          join score_item i on i.sheet_id = k.no where (k.whole or ${isAssessed(viewer)})
            and (num_nonnulls(i.self_note, i.first_note, i.explanation, i.second_note) > 0 or i.evidence <> '[]') order by k.i, i.position`),
    ),
  };
};

/** What of a sheet is for VIEWERs of the member and of the organiser alone. */
export const wholeSheetLoaders = (context: Pick<RequestContext, "session" | "viewer">) => {
  const { scope, readable } = cycleReading(context);
  return {
    /** In force, the oldest first. */
    adjustmentsOf: manyBy<number, AdjustmentView & Positioned>(String, (numbers) =>
      readable(sql<AdjustmentView & Positioned>`
        with ${scope} select k.i::int, a.id as no, a.kind, a.points, a.reason, ${instant(sql`a.decided_at`, "MS")} as "decidedAt" from ${numbered(numbers)}
        join score_sheet s on s.id = k.no join score_adjustment a on a.sheet_id = s.id where ${isWhole} and a.removed_at is null order by k.i, a.id`),
    ),
  };
};
