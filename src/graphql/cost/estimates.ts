import type { DocumentNode } from "graphql";
import type { Day } from "../../lib/time/date.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import type { CurrentHierarchy } from "../../hierarchy/hierarchy-size.ts";
import type { CostTable } from "./fields.ts";
import type { Asked } from "./selection.ts";
import { Effort } from "../../module/cost/unit-set.ts";
import { estimatedRows } from "./walk.ts";

/** Maximum number of units that an estimate looks at, about a tenth of a second; a larger operation is refused. */
const EFFORT = 1_000_000;

/** Estimates of one document for one hierarchy and day, by operation name and variable values. */
interface Estimates {
  readonly hierarchy: Hierarchy | null;
  readonly today: Day;
  readonly rows: Map<string, number>;
}

/** Maximum number per document, because clients may send new values each time. */
const MOST_ESTIMATES = 50;
const LONGEST_NAME = 500;
const estimates = new WeakMap<DocumentNode, Estimates>();

interface Tables {
  readonly current: CurrentHierarchy;
  readonly costs: CostTable;
}

/** Returns the estimate of an operation, cached because clients repeat documents and often their values. */
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

/** Null if the values are lists, objects or long, because writing the key would take as long as the estimate. */
const nameOf = ({ operation, variables }: Asked): string | null => {
  const values = Object.entries(variables);
  if (!values.every(([, value]) => value === null || SIMPLE.has(typeof value))) return null;
  const name = JSON.stringify([operation.name?.value, values]);
  return name.length <= LONGEST_NAME ? name : null;
};

class Unknown extends Error {}

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
