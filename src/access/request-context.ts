import { rowScope } from "./scope.ts";
import type { Viewer } from "./viewer.ts";
import { createAssessmentLoaders } from "../assessments/assessment.loaders.ts";
import type { Pools } from "../database/database.ts";
import { Reader, type Share } from "../database/reader.ts";
import { createDossierLoaders } from "../dossiers/dossier.loaders.ts";
import { createDossierCountLoaders } from "../counters/dossier-count.loaders.ts";
import { createProcedureLoaders } from "../procedures/procedure.loaders.ts";
import { dossierRecords } from "../counters/records.service.ts";
import { type Evidence, evidenceOf, PUBLISHED } from "../figures/evidence.ts";
import { createFigureLoaders } from "../figures/figure.loaders.ts";
import { createRollupLoaders } from "../rollups/rollup.loaders.ts";
import { createRecordLoaders } from "../counters/record.loaders.ts";
import { createReportLoaders } from "../reports/report.loaders.ts";
import { procedureAuthorityLoader } from "../services/procedure-authority.loader.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { unitListLoader } from "../units/unit-list.ts";
import { createUnitLoaders, type UnitView } from "../hierarchy/unit.loaders.ts";
import { type UnitState, unitStateOf } from "../hierarchy/unit-state.ts";

/** What resolvers read from: made anew for every request, so that one request sees one state and shares nothing with the next. */
const createLoaders = (reader: Reader, today: Day, evidence: Evidence, viewer: Viewer | null) => ({
  ...createUnitLoaders(reader, today, evidence.kind),
  ...createFigureLoaders(reader, evidence),
  ...createRollupLoaders(reader, today, evidence, dossierRecords(reader, rowScope(viewer)), viewer !== null),
  ...createDossierCountLoaders(reader, today, viewer),
  ...createAssessmentLoaders(reader, evidence),
  ...createReportLoaders(reader, viewer),
  ...createProcedureLoaders(reader),
  ...createRecordLoaders(reader),
  ...createDossierLoaders(reader, viewer),
  unitList: unitListLoader(reader, evidence.kind),
  proceduresByAuthority: procedureAuthorityLoader(reader, today, evidence),
});
export type Loaders = ReturnType<typeof createLoaders>;

export interface Context {
  /** Null: nobody has said who asks. */
  readonly viewer: Viewer | null;
  readonly reader: Reader;
  /** What is published. */
  readonly loaders: Loaders;
  /** What the view shows: what is published, or the drafts that the viewer may see, too. */
  readonly loadersOf: (view: Pick<UnitView, "evidence">) => Loaders;
  /** Address of a caller without a key, where what it may ask for is bounded; null for all others. */
  readonly address: string | null;
  readonly now: Date;
  /** The present day in Asia/Ho_Chi_Minh. */
  readonly today: Day;
  /** True where the router's secret came along, or none is configured. */
  readonly isRouter: boolean;
  /** True where the router's secret came along. */
  readonly isProvenRouter: boolean;
  /** Which hierarchy of units this process has seen. */
  readonly state: UnitState;
  /** After a change: what was read before is read anew. */
  readonly renew: () => void;
}

export interface Asker {
  readonly viewer?: Viewer | null;
  /** Aborted when the client is gone: what it asked for is then cancelled. */
  readonly signal?: AbortSignal;
  readonly address?: string | null;
  /** What it shares with others like it. */
  readonly share?: Share | undefined;
  readonly isRouter?: boolean;
  readonly isProvenRouter?: boolean;
}

export const createContext = (pools: Pools, now: Date, { viewer = null, signal, share, ...asker }: Asker = {}): Context => {
  const today = dayOf(now);
  const reader = new Reader(pools, signal, share);
  let published: Loaders | null = null;
  let withDrafts: Loaders | null = null;
  const loadersOf = ({ evidence }: Pick<UnitView, "evidence">): Loaders => {
    if (evidence === "PUBLISHED") return (published ??= createLoaders(reader, today, PUBLISHED, viewer));
    return (withDrafts ??= createLoaders(reader, today, evidenceOf(reader, viewer), viewer));
  };
  const renew = () => {
    published = null;
    withDrafts = null;
  };
  const { isRouter = true, isProvenRouter = false, address = null } = asker;
  const own = { viewer, reader, address, now, today, isRouter, isProvenRouter, loadersOf, renew, state: unitStateOf(pools) };
  return Object.assign(Object.create(LOADERS) as Pick<Context, "loaders">, own);
};

/** Apollo copies the own properties of a context, and would keep the loaders of before a change. */
const LOADERS: Pick<Context, "loaders"> & ThisType<Context> = {
  get loaders() {
    return this.loadersOf({ evidence: "PUBLISHED" });
  },
};
