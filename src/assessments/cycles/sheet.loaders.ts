import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { instant } from "../../database/instant-text.ts";
import { manyBy, oneBy, type Positioned } from "../../database/loader.ts";
import { keyed } from "../../database/relation.ts";
import { compareCodes, dayNumber } from "../../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { Day } from "../../lib/time/date.ts";
import type { Hundredths } from "../scoring/points.ts";
import { cycleReading, dayOfMember, numbered } from "./cycle.loaders.ts";
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

/** A statement of more sheets looks the units of the caller up once. */
export const MOST_FEW = 10;

/** The units of which a caller who covers one sees the whole sheet `s`. */
const seers = sql`array[s.unit_id, s.organiser_id]`;
const isListed = sql<boolean>`(s.unit_id in (select unit_id from covered) or s.organiser_id in (select unit_id from covered))`;

/** A sheet as it is stored. */
type SheetRow = Omit<SheetView, "asOf"> & Positioned & { readonly lastOfPeriod: Day };

/** Columns of a SheetRow; `s` is the sheet, `c` its cycle. */
const sheetColumns = sql`s.id as no, s.cycle_id as "cycleNo", c.rubric_id as "rubricNo", s.unit_id as "unitNo", s.organiser_id as "organiserNo",
  s.appraiser_ids as "appraiserNos", c.period_to as "lastOfPeriod", ${instant(sql`s.submitted_at`, "MS")} as "submittedAt", s.reopened_until as "reopenedUntil",
  s.override_class as "overrideClass", s.override_reason as "overrideReason"`;

/** Columns of a StoredItem; `i` is the item. */
export const itemColumns = sql`i.position, i.appraiser_id as "appraiserNo", i.is_applicable as "isApplicable", i.applicability_reason as "applicabilityReason", i.self, i.first,
  i.second, i.self_note as "selfNote", i.first_note as "firstNote", i.explanation, i.second_note as "secondNote", i.evidence, i.corrected, i.receipt`;

const ofSheets = (sheets: readonly SheetView[]) =>
  sql`${keyed("k", sheets, { no: ["int", ({ no }) => no], whole: ["boolean", ({ isWhole }) => isWhole] })}`;

/** The sheets with the days of their units' views, by code of the unit. */
const datedSheets = (hierarchy: Hierarchy, rows: readonly SheetRow[], today: Day): (SheetView & Positioned)[] => {
  const dated = rows.map(({ lastOfPeriod, ...sheet }) => {
    const asOf = dayOfMember(hierarchy, sheet.unitNo, lastOfPeriod, today);
    return { sheet: { ...sheet, asOf }, code: hierarchy.versionOn(sheet.unitNo, dayNumber(asOf))!.code };
  });
  return dated.toSorted((a, b) => compareCodes(a.code, b.code) || a.sheet.unitNo - b.sheet.unitNo).map(({ sheet }) => sheet);
};

/** All loaders read only what the viewer may see. */
export const sheetLoaders = (context: Pick<RequestContext, "session" | "viewer" | "today" | "hierarchy">) => {
  const { lists, isViewed, isAssessed, isLeafAssessed, few, many } = cycleReading(context);
  const { today, hierarchy } = context;
  const dated = async (rows: readonly SheetRow[]) => datedSheets(await hierarchy.load(), rows, today);
  return {
    sheetByNo: oneBy<number, SheetView & Positioned>(String, async (numbers) =>
      dated(
        await few(sql<SheetRow>`
          select k.i::int, ${sheetColumns}, ${isViewed(seers)} as "isWhole" from ${numbered(numbers)}
          join score_sheet s on s.id = k.no join assessment_cycle c on c.id = s.cycle_id
          where ${isViewed(seers)} or ${isAssessed(sql`s.appraiser_ids`)}`),
      ),
    ),

    /** By code of the unit. */
    sheetsOf: manyBy<number, SheetView & Positioned>(String, async (numbers) =>
      dated(
        await many(sql<SheetRow>`
          with ${lists} select k.i::int, ${sheetColumns}, ${isListed} as "isWhole" from ${numbered(numbers)}
          join assessment_cycle c on c.id = k.no join score_sheet s on s.cycle_id = c.id
          where ${isListed} or s.appraiser_ids && array(select unit_id from assessing)`),
      ),
    ),

    /** Of the leaves that the viewer may see, where anything was written. */
    textsOf: manyBy<SheetView, ItemTexts & Positioned>(
      ({ no }) => String(no),
      (sheets) =>
        (sheets.length > MOST_FEW ? many : few)(sql<ItemTexts & Positioned>`
          select k.i::int, i.position, i.self_note as "selfNote", i.first_note as "firstNote", i.explanation, i.second_note as "secondNote", i.evidence
          from ${ofSheets(sheets)}
          join score_item i on i.sheet_id = k.no where (k.whole or ${isLeafAssessed})
            and (num_nonnulls(i.self_note, i.first_note, i.explanation, i.second_note) > 0 or i.evidence <> '[]') order by k.i, i.position`),
    ),

    /** In force, the oldest first; none for those who see only some criteria. */
    adjustmentsOf: manyBy<SheetView, AdjustmentView & Positioned>(
      ({ no }) => String(no),
      (sheets) =>
        (sheets.length > MOST_FEW ? many : few)(sql<AdjustmentView & Positioned>`
          select k.i::int, a.id as no, a.kind, a.points, a.reason, ${instant(sql`a.decided_at`, "MS")} as "decidedAt" from ${ofSheets(sheets)}
          join score_adjustment a on a.sheet_id = k.no where k.whole and a.removed_at is null order by k.i, a.id`),
    ),
  };
};
