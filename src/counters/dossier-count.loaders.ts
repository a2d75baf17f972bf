import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { rowScope } from "../access/scope.ts";
import type { EvidenceKind } from "../hierarchy/unit.loaders.ts";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import { PUBLIC_SCOPE, type Reader, type RowScope } from "../database/reader.ts";
import { countedTo } from "./cut.ts";
import type { RecordKey, RecordSums } from "./records.ts";
import type { RollupKey } from "./rollup-key.ts";
import type { Day } from "../lib/time/date.ts";
import { halfMonthEnd, halfMonthOf } from "../lib/time/half-month.ts";
import { ensureContributions } from "../hierarchy/contribution.service.ts";
import { editionsByDay } from "../hierarchy/edition.ts";
import { cutLoaders } from "./cut.loaders.ts";
import { type FieldCountRow, fieldsOfDays, fieldsOfHalves } from "./field-count.store.ts";
import { ALL_COUNTED, countersOfKeys, keysAndRanges } from "./record-sums.store.ts";
import { dossierRecords, rowsFor } from "./records.service.ts";
import { completeSubtrees } from "./subtree-completeness.store.ts";

export type CountRow = Positioned & { readonly counted: readonly number[] };
export type DossierCountLoaders = ReturnType<typeof dossierCountLoaders>;

const keyOf = ({ unit, period, handledBy, cut }: RollupKey) => `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ""}|${cut.through}`;

export const dossierCountLoaders = (context: RequestContext, evidence: EvidenceKind) => {
  const { session: reader, today } = context;
  const scope = rowScope(context.viewer);
  return {
    ...context.use(cutLoaders, evidence),

    /** The certain counts as COUNTED; null without records. */
    dossierCounts: oneBy<RollupKey, CountRow>(keyOf, (keys) =>
      ofKeys(reader, keys, (asked) =>
        rowsFor(reader, scope, asked).rows(sql<CountRow>`
        with ${keysAndRanges(asked)}, ${countersOfKeys()}
        select i::int, json_build_array(${ALL_COUNTED}) as counted from counter where certain group by i`),
      ),
    ),

    /** The measures for roll-ups: recorded counts, or 0 if records are complete; null otherwise. */
    dossierRecords: oneBy<RollupKey, Positioned & RecordSums>(keyOf, (keys) =>
      ofKeys(reader, keys, async (asked) => (await dossierRecords(reader, scope).sums(asked)).map((sums, n) => ({ ...sums, i: n + 1 }))),
    ),

    /** Present if the records of the whole subtree are complete. */
    dossiersComplete: oneBy<RollupKey, Positioned>(keyOf, (keys) => ofKeys(reader, keys, (asked) => reader.rows(completeSubtrees(asked)))),

    dossierFields: manyBy<RollupKey, FieldCountRow>(keyOf, async (keys) => {
      const whole = keys.filter((key) => isOfHalves(key, today));
      const [shared, own] = [whole.filter(isPublic), whole.filter((key) => !isPublic(key))];
      const cutting = keys.filter((key) => !isOfHalves(key, today));
      const places = new Map(keys.map((key, n) => [key, n + 1]));
      const placed = (rows: readonly FieldCountRow[], of: readonly RollupKey[]) =>
        rows.map((row) => ({ ...row, i: places.get(of[row.i - 1]!)! }));
      const halvesOf = (of: readonly RollupKey[], within: RowScope) =>
        ofKeys(reader, of, (asked) => reader.scoped(within).rows(fieldsOfHalves(asked.map(toHalfMonthEnd), today)));
      const [everybodys, halves, days] = await Promise.all([
        halvesOf(shared, PUBLIC_SCOPE),
        halvesOf(own, scope),
        ofKeys(reader, cutting, (asked) => reader.scoped(scope).rows(fieldsOfDays(asked))),
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

const ofKeys = async <R extends { readonly i: number }>(
  reader: Reader,
  keys: readonly RollupKey[],
  read: (keys: readonly RecordKey[]) => Promise<readonly R[]>,
): Promise<R[]> => {
  const answered = keys.flatMap((key, n) => {
    const to = countedTo(key.period, key.cut);
    return to === null ? [] : [{ key, n, to }];
  });
  if (answered.length === 0) return [];
  const editions = await editionsByDay(
    reader,
    answered.map(({ key: { unit } }) => unit.asOf),
  );
  await ensureContributions(reader, [...new Set(editions.values())]);
  const rows = await read(
    answered.map(({ key: { unit, period, handledBy }, to }) => ({
      ...{ unitNo: unit.no, isCountry: unit.tier === "COUNTRY", editionId: editions.get(unit.asOf)!, handledBy, from: period.from, to },
    })),
  );
  return rows.map((row) => ({ ...row, i: answered[row.i - 1]!.n + 1 }));
};
