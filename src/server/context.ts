import type { EntityManager } from "@mikro-orm/postgresql";
import { createAssessmentLoaders } from "../assessments/assessment.loaders.ts";
import { createFigureLoaders } from "../figures/figure.loaders.ts";
import { createRollupLoaders } from "../figures/rollup.loaders.ts";
import { procedureAuthorityLoader } from "../services/procedure-authority.loader.ts";
import type { Day } from "../time/date.ts";
import { unitListLoader } from "../units/unit-list.ts";
import { createUnitLoaders } from "../units/unit.loaders.ts";

/** What resolvers read from: made anew for every request, so that one request sees one state and shares nothing with the next. */
export const createLoaders = (em: EntityManager, today: Day) => ({
  ...createUnitLoaders(em, today),
  ...createFigureLoaders(em),
  ...createRollupLoaders(em, today),
  ...createAssessmentLoaders(em),
  unitList: unitListLoader(em),
  proceduresByAuthority: procedureAuthorityLoader(em, today),
});
export type Loaders = ReturnType<typeof createLoaders>;

export interface Context {
  readonly loaders: Loaders;
  /** The present day in Asia/Ho_Chi_Minh. */
  readonly today: Day;
}

export const createContext = (em: EntityManager, today: Day): Context => ({ loaders: createLoaders(em.fork(), today), today });
