import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import { oneBy, type Positioned } from "../database/loader.ts";
import { tracedEditions } from "../hierarchy/edition.ts";
import { countedTo } from "./cut.ts";
import type { RecordRules } from "./record-rules.ts";
import { recordsOf } from "./records.service.ts";
import type { RecordKey, RecordSums } from "./records.ts";
import type { RollupKey } from "./rollup-key.ts";

export const textOfKey = ({ unit, period, handledBy, cut }: RollupKey) =>
  `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ""}|${cut.through}`;

/** The measures of records without figures: recorded counts, or 0 if records are complete; null otherwise. */
export const recordSumsLoader = (rules: RecordRules, context: Pick<RequestContext, "session" | "hierarchy" | "viewer">) =>
  oneBy<RollupKey, Positioned & RecordSums>(textOfKey, (keys) =>
    ofKeys(context, keys, async (asked) =>
      (await recordsOf(rules, context.session, rowScope(context.viewer)).sums(asked)).map((sums, n) => ({ ...sums, i: n + 1 })),
    ),
  );

/** Reads what the cuts of the keys let count. */
export const ofKeys = async <R extends { readonly i: number }>(
  context: Pick<RequestContext, "session" | "hierarchy">,
  keys: readonly RollupKey[],
  read: (keys: readonly RecordKey[]) => Promise<readonly R[]>,
): Promise<R[]> => {
  const answered = keys.flatMap((key, n) => {
    const to = countedTo(key.period, key.cut);
    return to === null ? [] : [{ key, n, to }];
  });
  if (answered.length === 0) return [];
  const editions = await tracedEditions(
    context,
    answered.map(({ key: { unit } }) => unit.asOf),
  );
  const rows = await read(
    answered.map(({ key: { unit, period, handledBy }, to }, n) => ({
      ...{ unitNo: unit.no, isCountry: unit.tier === "COUNTRY", editionId: editions[n]!, handledBy, from: period.from, to },
    })),
  );
  return rows.map((row) => ({ ...row, i: answered[row.i - 1]!.n + 1 }));
};
