import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import type { EvidenceKind } from "../../hierarchy/unit-view.ts";
import { manyBy, oneBy, type Positioned } from "../../database/loader.ts";
import { PUBLIC_SCOPE, type RowScope } from "../../database/row-scope.ts";
import { countedTo } from "../../counters/cut.ts";
import type { RecordKey } from "../../counters/records.ts";
import type { RollupKey } from "../../counters/rollup-key.ts";
import type { Day } from "../../lib/time/date.ts";
import { halfMonthEnd, halfMonthOf } from "../../lib/time/half-month.ts";
import { cutLoaders } from "../../counters/cut.loaders.ts";
import { ofKeys, recordSumsLoader, textOfKey } from "../../counters/record-sums.loaders.ts";
import { countersOfKeys } from "../../counters/key-counters.store.ts";
import { traitsOfKeys } from "../../counters/key-traits.ts";
import { keysAndRanges } from "../../counters/record-sums.store.ts";
import { rowsFor } from "../../counters/records.service.ts";
import { DOSSIER_RECORDS } from "../dossier-records.ts";
import { type FieldCountRow, fieldsOfDays, fieldsOfHalves } from "./field-count.store.ts";
import { completeSubtrees } from "./subtree-completeness.store.ts";

export type CountRow = Positioned & { readonly counted: readonly number[] };
export type DossierCountLoaders = ReturnType<typeof dossierCountLoaders>;

export const dossierCountLoaders = (context: RequestContext, evidence: EvidenceKind) => {
  const { session: reader, today } = context;
  const scope = rowScope(context.viewer);
  return {
    ...context.use(cutLoaders, evidence),

    /** The certain counts as COUNTED; null without records. */
    dossierCounts: oneBy<RollupKey, CountRow>(textOfKey, (keys) =>
      ofKeys(context, keys, (asked) =>
        rowsFor(reader, scope, asked).rows(sql<CountRow>`
        with ${keysAndRanges(asked)}, ${countersOfKeys(DOSSIER_RECORDS, { ...traitsOfKeys(asked), isOfAllColumns: true })}
        select i::int, json_build_array(${DOSSIER_RECORDS.allCounted}) as counted from counter where certain group by i`),
      ),
    ),

    dossierRecords: recordSumsLoader(DOSSIER_RECORDS, context),

    /** Present if the records of the whole subtree are complete. */
    dossiersComplete: oneBy<RollupKey, Positioned>(textOfKey, (keys) =>
      ofKeys(context, keys, (asked) => reader.rows(completeSubtrees(asked))),
    ),

    dossierFields: manyBy<RollupKey, FieldCountRow>(textOfKey, async (keys) => {
      const whole = keys.filter((key) => isOfHalves(key, today));
      const [shared, own] = [whole.filter(isPublic), whole.filter((key) => !isPublic(key))];
      const cutting = keys.filter((key) => !isOfHalves(key, today));
      const places = new Map(keys.map((key, n) => [key, n + 1]));
      const placed = (rows: readonly FieldCountRow[], of: readonly RollupKey[]) =>
        rows.map((row) => ({ ...row, i: places.get(of[row.i - 1]!)! }));
      const halvesOf = (of: readonly RollupKey[], within: RowScope) =>
        ofKeys(context, of, (asked) => reader.scoped(within).rows(fieldsOfHalves(asked.map(toHalfMonthEnd), today)));
      const [everybodys, halves, days] = await Promise.all([
        halvesOf(shared, PUBLIC_SCOPE),
        halvesOf(own, scope),
        ofKeys(context, cutting, (asked) => reader.scoped(scope).rows(fieldsOfDays(asked))),
      ]);
      return [...placed(everybodys, shared), ...placed(halves, own), ...placed(days, cutting)];
    }),
  };
};

/** Counts by field are public for the country and for provinces. */
const isPublic = ({ unit: { tier } }: RollupKey): boolean => tier === "COUNTRY" || tier === "PROVINCE";

/** True if the counted days are whole half-months; the last one may still run. */
const isOfHalves = ({ period, cut }: RollupKey, today: Day): boolean => {
  const last = countedTo(period, cut);
  return halfMonthOf(period.from) === period.from && last !== null && (last === today || halfMonthEnd(last) === last);
};

const toHalfMonthEnd = (key: RecordKey): RecordKey => ({ ...key, to: halfMonthEnd(key.to) });
