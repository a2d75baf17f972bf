import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { relation } from "../../database/relation.ts";
import { rowsOf } from "../../database/reader.ts";

/** The answers of one group of respondents about one criterion of a unit. */
export interface SurveySum {
  readonly unitNo: number;
  readonly unit: string;
  readonly position: number;
  readonly criterion: string;
  readonly respondents: string;
  /** Sum of weight × count, weights in hundredths. */
  readonly weighted: number;
  readonly count: number;
}

/** Unit, criterion and respondents. */
export const groupOf = ({ unitNo, position, respondents }: SurveySum): string => `${unitNo} ${position} ${respondents}`;

const columns = {
  unit_id: ["int", ({ unitNo }: SurveySum) => unitNo],
  position: ["int", ({ position }: SurveySum) => position],
  respondents: ["text", ({ respondents }: SurveySum) => respondents],
  weighted: ["bigint", ({ weighted }: SurveySum) => weighted],
  answers: ["bigint", ({ count }: SurveySum) => count],
} as const;

export const storedSums = async (em: EntityManager, cycleNo: number, sums: readonly SurveySum[]): Promise<SurveySum[]> => {
  const byKey = new Map(sums.map((sum) => [groupOf(sum), sum]));
  const found = await rowsOf(em).rows(sql<Pick<SurveySum, "unitNo" | "position" | "respondents" | "weighted" | "count">>`
    select a.unit_id as "unitNo", a.position, a.respondents, a.weighted::float8, a.answers::float8 as count
    from ${relation("k", sums, columns)} join score_sheet s on s.cycle_id = ${cycleNo} and s.unit_id = k.unit_id
    join survey_answer a on a.sheet_id = s.id and a.position = k.position and a.respondents = k.respondents`);
  return found.map((stored) => ({ ...byKey.get(groupOf(stored as SurveySum))!, ...stored }));
};

export const storeSums = async (em: EntityManager, cycleNo: number, sums: readonly SurveySum[]): Promise<void> => {
  await sql`
    insert into survey_answer (sheet_id, position, respondents, unit_id, organiser_id, weighted, answers)
    select s.id, k.position, k.respondents, s.unit_id, s.organiser_id, k.weighted, k.answers
    from ${relation("k", sums, columns)} join score_sheet s on s.cycle_id = ${cycleNo} and s.unit_id = k.unit_id
    on conflict (sheet_id, position, respondents) do update set weighted = excluded.weighted, answers = excluded.answers`.execute(
    em.getKysely(),
  );
};
