import DataLoader from "dataloader";
import { sql } from "kysely";
import { coveredAmong } from "../../access/grant.ts";
import { rowScope } from "../../access/scope.ts";
import { grantsFor, type Viewer } from "../../access/viewer.ts";
import { manyBy, oneBy, type Positioned } from "../../db/loader.ts";
import type { Reader } from "../../db/reader.ts";
import type { RecordKey, RecordSums } from "../../figures/records.ts";
import type { RollupKey } from "../../figures/rollup.ts";
import type { Day } from "../../time/date.ts";
import { ensureContributions } from "../../units/contribution.service.ts";
import { editionsByDay } from "../../units/edition.ts";
import { halfMonthEnd } from "./count-range.ts";
import { type FieldCountRow, fieldsOfDays, fieldsOfHalves } from "./field-count.store.ts";
import { ALL_COUNTED, countersOfKeys, keysAndRanges } from "./record-sums.store.ts";
import { dossierRecords, isOfWholeMonths } from "./records.service.ts";
import { completeSubtrees } from "./subtree-completeness.store.ts";

export type CountRow = Positioned & { readonly counted: readonly number[] };
export type DossierCountLoaders = ReturnType<typeof createDossierCountLoaders>;

const keyOf = ({ unit, period, handledBy }: RollupKey) => `${unit.no}@${unit.asOf}|${period.name}|${handledBy ?? ""}`;

/** What the records themselves count. Whoever reads from these asks first what the caller may see. */
export const createDossierCountLoaders = (reader: Reader, today: Day, viewer: Viewer | null) => ({
  /** Whether a VIEWER's grant covers the unit. */
  viewerCovers: new DataLoader<number, boolean>(async (units) => {
    const covered = await coveredAmong(reader, grantsFor(viewer, "VIEWER"), units);
    return units.map((no) => covered.has(no));
  }),

  /** As COUNTED, what is certain; null where nothing was recorded. */
  dossierCounts: oneBy<RollupKey, CountRow>(keyOf, (keys) =>
    ofKeys(reader, today, keys, (asked) =>
      reader.rows(sql<CountRow>`
        with ${keysAndRanges(asked)}, ${countersOfKeys()}
        select i::int, json_build_array(${ALL_COUNTED}) as counted from counter where certain group by i`),
    ),
  ),

  /** As roll-ups have them: what was recorded, or 0 where records are complete; null where nobody has said. */
  dossierRecords: oneBy<RollupKey, Positioned & RecordSums>(keyOf, (keys) =>
    ofKeys(reader, today, keys, async (asked) =>
      (await dossierRecords(reader, viewer, today).sums(asked)).map((sums, n) => ({ ...sums, i: n + 1 })),
    ),
  ),

  /** There where the records of the whole subtree are complete. */
  dossiersComplete: oneBy<RollupKey, Positioned>(keyOf, (keys) =>
    ofKeys(reader, today, keys, (asked) => reader.rows(completeSubtrees(asked))),
  ),

  /** By field, in the order of their codes. */
  dossierFields: manyBy<RollupKey, FieldCountRow>(keyOf, async (keys) => {
    const [whole, cut] = [keys.filter(({ period }) => isOfWholeMonths(period)), keys.filter(({ period }) => !isOfWholeMonths(period))];
    const places = new Map(keys.map((key, n) => [key, n + 1]));
    const placed = (rows: readonly FieldCountRow[], of: readonly RollupKey[]) =>
      rows.map((row) => ({ ...row, i: places.get(of[row.i - 1]!)! }));
    const [halves, days] = await Promise.all([
      ofKeys(reader, today, whole, (asked) => reader.rows(fieldsOfHalves(asked.map(toHalfMonthEnd), today))),
      ofKeys(reader, today, cut, (asked) => reader.scoped(rowScope(viewer)).rows(fieldsOfDays(asked))),
    ]);
    return [...placed(halves, whole), ...placed(days, cut)];
  }),
});

const toHalfMonthEnd = (key: RecordKey): RecordKey => ({ ...key, to: halfMonthEnd(key.to) });

/** Rows of those keys that have begun, by the place of the key. */
const ofKeys = async <R extends { readonly i: number }>(
  reader: Reader,
  today: Day,
  keys: readonly RollupKey[],
  read: (keys: readonly RecordKey[]) => Promise<readonly R[]>,
): Promise<R[]> => {
  const begun = keys.map((key, n) => ({ key, n })).filter(({ key: { period } }) => period.from <= today);
  if (begun.length === 0) return [];
  const editions = await editionsByDay(
    reader,
    begun.map(({ key: { unit } }) => unit.asOf),
  );
  await ensureContributions(reader, [...new Set(editions.values())]);
  const rows = await read(
    begun.map(({ key: { unit, period, handledBy } }) => ({
      ...{ unitNo: unit.no, isCountry: unit.tier === "COUNTRY", editionId: editions.get(unit.asOf)!, handledBy },
      ...{ from: period.from, to: period.to < today ? period.to : today },
    })),
  );
  return rows.map((row) => ({ ...row, i: begun[row.i - 1]!.n + 1 }));
};
