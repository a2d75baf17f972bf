import { type RawBuilder, sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { coveredUnits, rowScope } from "../../access/scope.ts";
import { grantsFor } from "../../access/viewer.ts";
import { manyBy, oneBy, type Positioned } from "../../database/loader.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import type { ScoreBand } from "../scoring/bands.ts";
import { pointsOf } from "../scoring/points.ts";
import type { ScoreStep } from "../scoring/steps.ts";
import { type Classification, classificationOf, type IndexKind } from "../vocabulary.ts";
import type { CriterionScoring, RubricState } from "./rubric.entity.ts";

export interface RubricView {
  readonly id: string;
  /** Internal number; null for a rubric that reports merely name, and so is the organiser. */
  readonly no: number | null;
  readonly organiserNo: number | null;
  readonly index: IndexKind;
  readonly block: { readonly code: string; readonly name: string };
  readonly year: number;
  readonly version: number;
  readonly name: string;
  readonly maxScore: number | null;
  readonly bonusMax: number | null;
  readonly penaltyMax: number | null;
  readonly bands: readonly { readonly classification: Classification; readonly from: number | null; readonly to: number | null }[];
  readonly state: RubricState;
}

/** A rubric of the service's own tables. */
export interface StoredRubric extends RubricView {
  readonly no: number;
  readonly organiserNo: number;
  readonly maxScore: number;
  readonly bonusMax: number;
  readonly penaltyMax: number;
}

export interface CriterionView {
  readonly rubricNo: number;
  readonly position: number;
  readonly code: string;
  readonly name: string;
  readonly parentPosition: number | null;
  readonly maxScore: number;
  readonly scale: string | null;
  readonly scoring: CriterionScoring | null;
  /** Code of the indicator. */
  readonly indicator: string | null;
  /** As they are answered, with points. */
  readonly steps: readonly ScoreStep[];
  /** As they are stored, with hundredths. */
  readonly storedSteps: readonly ScoreStep[];
  readonly maxPoints: number;
  readonly appraiserNo: number | null;
  readonly evidenceRequired: boolean;
}

export type RubricRow = Omit<StoredRubric, "id" | "bands" | "maxScore" | "bonusMax" | "penaltyMax"> & {
  readonly maxPoints: number;
  readonly bonusPoints: number;
  readonly penaltyPoints: number;
  readonly storedBands: readonly ScoreBand[];
};

/** The columns of a RubricRow; `r` is the rubric. */
export const rubricColumns = sql`r.id as no, r.organiser_id as "organiserNo", r.index_kind as index,
  json_build_object('code', r.block_code, 'name', r.block_name) as block, r.year, r.version, r.name, r.max_points as "maxPoints",
  r.bonus_max as "bonusPoints", r.penalty_max as "penaltyPoints", r.bands as "storedBands", r.state`;

const shownOrNull = (stored: number | null): number | null => (stored === null ? null : pointsOf(stored));

export const rubricOfRow = <R extends RubricRow>({ maxPoints, bonusPoints, penaltyPoints, storedBands, ...row }: R) => ({
  ...row,
  ...{
    id: assessmentIdOf("rubric", row.no),
    maxScore: pointsOf(maxPoints),
    bonusMax: pointsOf(bonusPoints),
    penaltyMax: pointsOf(penaltyPoints),
  },
  bands: storedBands.map(({ classification, from, to }) => ({
    ...{ classification: classificationOf(classification)!, from: shownOrNull(from), to: shownOrNull(to) },
  })),
});

type CriterionRow = Omit<CriterionView, "maxScore" | "steps"> & Positioned;

export const criterionOfRow = (row: CriterionRow): CriterionView & Positioned => ({
  ...{ ...row, maxScore: pointsOf(row.maxPoints) },
  steps: row.storedSteps.map((step) => ({ ...step, points: pointsOf(step.points) })),
});

/** The condition that the viewer may see rubric `r`; statements with it begin with `covered`. */
export const isRubricSeen = sql<boolean>`(r.state = 'PUBLISHED' or r.organiser_id in (select unit_id from covered))`;

export const criterionRows = (numbers: readonly number[]): RawBuilder<CriterionRow> => sql<CriterionRow>`
  select k.i::int, c.rubric_id as "rubricNo", c.position, c.code, c.name, c.parent_position as "parentPosition", c.max_points as "maxPoints", c.scale, c.scoring,
    c.indicator, c.steps as "storedSteps", c.appraiser_id as "appraiserNo", c.evidence_required as "evidenceRequired"
  from unnest(${numbers}::int[]) with ordinality k(no, i) join criterion c on c.rubric_id = k.no order by k.i, c.position`;

/** All loaders read only rubrics that the viewer may see. */
export const rubricLoaders = ({ session, viewer }: Pick<RequestContext, "session" | "viewer">) => {
  const { rows } = session.scoped(rowScope(viewer));
  const covered = sql`covered as materialized (${coveredUnits(grantsFor(viewer, "VIEWER"))})`;
  return {
    rubricByNo: oneBy<number, StoredRubric & Positioned>(String, async (numbers) =>
      (
        await rows(sql<RubricRow & Positioned>`
          with ${covered} select k.i::int, ${rubricColumns} from unnest(${numbers}::int[]) with ordinality k(no, i)
          join rubric r on r.id = k.no where ${isRubricSeen}`)
      ).map((row) => rubricOfRow(row)),
    ),

    /** Of a rubric that the viewer has seen, in its order. */
    criteriaOf: manyBy<number, CriterionView & Positioned>(String, async (numbers) =>
      (await rows(criterionRows(numbers))).map((row) => criterionOfRow(row)),
    ),
  };
};
