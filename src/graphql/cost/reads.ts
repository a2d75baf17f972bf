import type { Day } from "../../lib/time/date.ts";
import type { Period } from "../../lib/time/period.ts";
import { dayNumber, type Hierarchy } from "../../hierarchy/hierarchy.ts";
import { bounded, type Effort, type UnitSet, unitsWithin } from "./unit-set.ts";

/**
 * What fields read that their answer does not show. One row of cost is what a unit of the whole country's tree of roll-ups takes;
 * `npm run bench -- cost` measures that no field takes more than twenty times as long by row, and prints what each takes.
 */
interface Reads {
  /** Rows for each unit asked, and for each point of a series. */
  readonly own: number;
  /** Rows for each unit that its subtree holds, itself included. */
  readonly within: number;
}

/** Rows of each field of these, for its statements: they take that long before the first row. */
export const STATEMENT_ROWS = 20;

const READS: Readonly<Record<string, Reads>> = {
  "Unit.dossiers": { own: 0, within: 0 },
  "Unit.tasks": { own: 0, within: 0 },
  "Unit.services": { own: 0, within: 0 },
  "Unit.indicators": { own: 0, within: 0 },
  "DossierRollup.byTier": { own: 0, within: 0.05 },
  // Which units are covered is asked of each unit below.
  "DossierRollup.coverage": { own: 5, within: 2 },
  "DossierRollup.incomplete": { own: 5, within: 2 },
  "TaskRollup.coverage": { own: 5, within: 1 },
  "TaskRollup.incomplete": { own: 5, within: 1 },
  "DossierRollup.sources": { own: 2, within: 1 },
  "TaskRollup.sources": { own: 2, within: 1 },
  "ServiceRollup.sources": { own: 2, within: 1 },
  // Counters by field are kept for each unit.
  "DossierRollup.byField": { own: 0, within: 1 },
  "DossierRollup.byChannel": { own: 0, within: 1 },
  "DossierRollup.averageWorkingDays": { own: 1, within: 1 },
  "DossierRollup.parts": { own: 5, within: 1 },
  "DossierRollup.reconciliation": { own: 5, within: 0 },
  "Unit.form06": { own: 1, within: 1 },
  "Unit.serviceQuality": { own: 1, within: 1 },
  // Its points are read in one pass, but for those of which nothing is recorded: whether that is all there is takes another look at each.
  "DossierRollup.series": { own: 15, within: 0 },
};

/** Of `count` objects that speak of these units. */
export const hiddenRows = (field: string, count: number, units: () => UnitSet, { effort }: { readonly effort: Effort }): number => {
  const reads = READS[field];
  if (!reads || count === 0) return 0;
  const { own, within } = reads;
  return bounded(STATEMENT_ROWS + own * count + (within === 0 ? 0 : within * unitsWithin(units(), effort)));
};

/** Rows that are counted for `totalCount`, whatever is stored, so that they tell nothing of it. */
export const COUNTED_ROWS: Readonly<Record<string, number>> = {
  "DossierConnection.totalCount": 5000,
  "AuditEntryConnection.totalCount": 5000,
  "ProcedureConnection.totalCount": 500,
  "ReportConnection.totalCount": 500,
  // The text of the whole schema.
  "_Service.sdl": 1000,
};

/**
 * What roll-ups of a period take when nobody has asked for it yet: each unit is looked at once. Those with a name are few, and worked out
 * once for everybody; runs of days and of years are as many as one likes, and charged once an operation.
 */
export class NewPeriods {
  readonly #known = new Set<string>();

  rowsOf({ name, convention }: Period, { hierarchy, today }: { readonly hierarchy: Hierarchy; readonly today: Day }): number {
    if ((convention !== null && !name.includes("/")) || this.#known.has(name)) return 0;
    this.#known.add(name);
    return hierarchy.on(dayNumber(today)).members.length;
  }
}
