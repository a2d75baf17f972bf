import type { GraphQLField, GraphQLResolveInfo, GraphQLSchema } from "graphql";
import type { Arguments, Place, Step, Subject } from "../../module/cost/field-cost.ts";
import { bounded } from "../../module/cost/unit-set.ts";

/** Number of values that are printed in the time of one row; tools that request the whole schema get about ten thousand. */
const VALUES_A_ROW = 4;
/** Number of characters that are printed in the time of one row. */
const CHARACTERS_A_ROW = 200;

const ROOT: ReadonlyMap<unknown, number> = new Map([[undefined, 1]]);

/** Cost of introspection in rows. It reads no data, but nested lists can multiply. List sizes are exact, because the schema is in memory; each part is visited once. */
export const introspected = (
  field: GraphQLField<unknown, unknown>,
  { shown = ROOT }: Subject,
  args: Arguments,
  { schema, effort }: Pick<Place, "effort"> & { readonly schema: GraphQLSchema },
): Step => {
  const below = new Map<unknown, number>();
  let rows = 0;
  for (const [element, times] of shown) {
    const value: unknown = field.resolve!(element, args, undefined, { schema } as GraphQLResolveInfo);
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    effort.spend(1 + all.length);
    const characters = typeof value === "string" ? value.length : 0;
    rows += times * ((1 + all.length) / VALUES_A_ROW + characters / CHARACTERS_A_ROW);
    for (const one of all) if (typeof one === "object" && one !== null) below.set(one, bounded((below.get(one) ?? 0) + times));
  }
  return { rows: bounded(rows), below: { count: below.size, shown: below } };
};
