import type { DocumentNode } from "graphql";
import { Effort } from "../../module/cost/unit-set.ts";
import type { CostPlace } from "./fields.ts";
import { type Asked, estimatedRows } from "./walk.ts";

/** Maximum number of units that an estimate looks at, about a tenth of a second; a larger operation is refused. */
const EFFORT = 1_000_000;

type EstimatePlace = Omit<CostPlace, "effort" | "periods">;

/** Estimates of one document for one hierarchy and day, by operation name and variable values. */
interface Estimates extends Pick<EstimatePlace, "hierarchy" | "today"> {
  readonly rows: Map<string, number>;
}

/** Maximum number per document, because clients may send new values each time. */
const MOST_ESTIMATES = 50;
const LONGEST_NAME = 500;
const estimates = new WeakMap<DocumentNode, Estimates>();

/** Returns the estimate of an operation, cached because clients repeat documents and often their values. */
export const requestedBy = (document: DocumentNode, asked: Asked, place: EstimatePlace): number => {
  const { hierarchy, today } = place;
  const name = nameOf(asked);
  if (name === null) return estimated(asked, place);
  const cached = estimates.get(document);
  const current: Estimates = cached?.today === today && cached.hierarchy === hierarchy ? cached : { hierarchy, today, rows: new Map() };
  const rows = current.rows.get(name) ?? estimated(asked, place);
  if (current.rows.size < MOST_ESTIMATES) current.rows.set(name, rows);
  estimates.set(document, current);
  return rows;
};

const estimated = (asked: Asked, place: EstimatePlace): number => estimatedRows(asked, { ...place, effort: new Effort(EFFORT) });

const SIMPLE: ReadonlySet<string> = new Set(["string", "number", "boolean"]);

/** Null if the values are lists, objects or long, because writing the key would take as long as the estimate. */
const nameOf = ({ operation, variableValues: variables }: Asked): string | null => {
  const values = Object.entries(variables);
  if (!values.every(([, value]) => value === null || SIMPLE.has(typeof value))) return null;
  const name = JSON.stringify([operation.name?.value, values]);
  return name.length <= LONGEST_NAME ? name : null;
};
