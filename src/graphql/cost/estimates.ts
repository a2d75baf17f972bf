import type { DocumentNode } from "graphql";
import type { Day } from "../../lib/time/date.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { CurrentHierarchy } from "../../hierarchy/hierarchy-size.ts";
import type { CostTable } from "./fields.ts";
import type { Asked } from "./selection.ts";
import { Effort } from "../../module/cost/unit-set.ts";
import { estimatedRows } from "./walk.ts";

/** An estimate ends after looking at this many units: a tenth of a second at most. What takes longer is refused like what reads too much. */
const EFFORT = 1_000_000;

/** Estimates of one document with one hierarchy on one day: by the name of the operation and the values of its variables. */
interface Estimates {
  readonly hierarchy: Hierarchy | null;
  readonly today: Day;
  readonly rows: Map<string, number>;
}

/** Of a document so many are remembered: those who send other values each time find none of theirs. */
const MOST_ESTIMATES = 50;
const LONGEST_NAME = 500;
const estimates = new WeakMap<DocumentNode, Estimates>();

/** What estimates look things up in. */
interface Tables {
  readonly current: CurrentHierarchy;
  readonly costs: CostTable;
}

/** The rows that an operation may read. The same document is asked again and again, and as often with the same values. */
export const requestedBy = async (document: DocumentNode, asked: Asked, today: Day, { current, costs }: Tables): Promise<number> => {
  const name = nameOf(asked);
  if (name === null) return (await estimated(asked, today, { current, costs })).rows;
  const known = estimates.get(document);
  const before = known?.today === today && known.hierarchy === current.known() ? known.rows.get(name) : undefined;
  if (before !== undefined) return before;
  const { rows, hierarchy } = await estimated(asked, today, { current, costs });
  const last = estimates.get(document);
  const remembered = last?.today === today && last.hierarchy === hierarchy ? last : { hierarchy, today, rows: new Map<string, number>() };
  if (remembered.rows.size < MOST_ESTIMATES) remembered.rows.set(name, rows);
  estimates.set(document, remembered);
  return rows;
};

const SIMPLE: ReadonlySet<string> = new Set(["string", "number", "boolean"]);

/** Null where the values are lists, objects or long, which takes as long to write down as to estimate. */
const nameOf = ({ operation, variables }: Asked): string | null => {
  const values = Object.entries(variables);
  if (!values.every(([, value]) => value === null || SIMPLE.has(typeof value))) return null;
  const name = JSON.stringify([operation.name?.value, values]);
  return name.length <= LONGEST_NAME ? name : null;
};

class Unknown extends Error {}

/** Most operations are estimated at once; one that is the first to need the hierarchy waits for it, and is then estimated. */
const estimated = async (
  asked: Asked,
  today: Day,
  { current, costs }: Tables,
): Promise<{ readonly rows: number; readonly hierarchy: Hierarchy | null }> => {
  let hierarchy = current.known();
  const estimate = () => {
    const rows = estimatedRows(asked, {
      get hierarchy(): Hierarchy {
        if (!hierarchy) throw new Unknown();
        return hierarchy;
      },
      today,
      effort: new Effort(EFFORT),
      costs,
    });
    return { rows, hierarchy };
  };
  try {
    return estimate();
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    hierarchy = await current.read();
    return estimate();
  }
};
