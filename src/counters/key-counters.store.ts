import { type RawBuilder, sql } from "kysely";
import { DAY_GRAIN, NO_TIER } from "./count.ts";
import type { KeyTraits } from "./key-traits.ts";
import type { Holes } from "../database/template.ts";
import type { RecordRules } from "./record-rules.ts";
import { isBeforeSpan, recordedUnits, within } from "./record-sums.store.ts";
import { validOn } from "../hierarchy/sql.ts";

const inHandlingTier = sql`(k.slot is null or c.slot = k.slot)`;

/**
 * The counters of each key as rows (i, certain, is_before, counts). Editions with trees are read from these, and the country from the trees of its provinces; other
 * editions are read from the counters of all contributing units.
 */
export const countersOfKeys = (rules: RecordRules, traits: KeyTraits): RawBuilder<unknown> => {
  const { areMany, hasCountry, hasDays, hasTrees, hasOthers } = traits;
  const target = hasCountry ? sql`target` : sql`k`;
  const counts = traits.isOfAllColumns ? rules.countColumns : rules.rolledUpColumns;
  const columns = sql`${isBeforeSpan}, ${counts}`;
  // Beside single days, each counter is read with its range, which refuses days outside a scope.
  const isOnce = hasOthers && areMany && !hasDays;
  const parts = [
    ...(hasTrees && hasCountry ? [targets(traits)] : []),
    ...(hasTrees && hasDays ? [ownUnits(rules, target)] : []),
    ...(hasOthers ? [areMany ? contributingToMany(rules) : contributingToFew(rules)] : []),
    ...(isOnce ? [countersOfUnits(rules, columns)] : []),
  ];
  const counters = [
    ...(hasTrees ? [countersOfTrees(rules, traits, counts)] : []),
    ...(hasTrees && hasDays ? [daysOfTrees(rules, target, columns)] : []),
    ...(hasOthers ? [isOnce ? countersReadOnce(counts) : countersOfOthers(rules, columns)] : []),
  ];
  return sql`${sql.join([
    ...parts,
    sql`
    counter as (${sql.join(counters, sql` union all `)})`,
  ])}`;
};

/** What relation `summed` calls a key: its position, or the number of its unit. */
export const keyColumn = ({ isByUnit }: KeyTraits): RawBuilder<unknown> => (isByUnit ? sql`no` : sql`i`);

/** Units of one edition. */
type UnitsOfEdition = Holes<"editionId" | "unitNos">;

/**
 * Relation `summed` (key, certain, counted) of the keys. Of units, the counters are read in one scan of the index; of most units of the edition, these of all its units, in the
 * order of units, and the country's by themselves.
 */
export const sumsOfKeys = (rules: RecordRules, traits: KeyTraits, units: UnitsOfEdition): RawBuilder<unknown> => {
  const { isByUnit, areMost, hasCountry } = traits;
  const counted = sql`array[${rules.rolledUpCounted}]::bigint[] as counted`;
  const hasOthers = !isByUnit || hasCountry;
  const added = sql`select ${isByUnit ? sql`(select no from k where is_country)` : sql`i`} as key, certain, ${counted} from counter group by 1, 2`;
  const ofUnits = areMost
    ? sumsOfMost(rules, counted, units)
    : sumsOfUnits(rules, counted, units, sql`c.target_id = any(${units.unitNos}::int[])`);
  const sums = [...(isByUnit ? [ofUnits] : []), ...(hasOthers ? [added] : [])];
  const summed = sql`
    summed as materialized (${sql.join(sums, sql` union all `)})`;
  return hasOthers ? sql`${countersOfKeys(rules, traits)}, ${summed}` : summed;
};

const sumsOfUnits = (
  { tables, rolledUpColumns }: RecordRules,
  counted: RawBuilder<unknown>,
  { editionId }: UnitsOfEdition,
  which: RawBuilder<unknown>,
) => sql`
      select target_id as key, certain, ${counted} from (
        select c.target_id, c.certain, ${isBeforeSpan}, ${rolledUpColumns} from r
        join ${sql.table(tables.trees)} c on c.edition_id = ${editionId} and ${which} and ${within}
      ) c group by 1, 2`;

const sumsOfMost = (rules: RecordRules, counted: RawBuilder<unknown>, units: UnitsOfEdition) => sql`
      select key, certain, counted from (${sumsOfUnits(rules, counted, units, sql`true`)} order by 1, 2) c
      where key is distinct from (select no from k where is_country)`;

const countersOfTrees = (rules: RecordRules, { hasCountry }: KeyTraits, counts: RawBuilder<unknown>) =>
  hasCountry
    ? sql`${lookedUp(rules, sql`target`, counts)} and (k.is_own or (c.certain and c.slot <> ${sql.lit(NO_TIER)}))`
    : lookedUp(rules, sql`k`, counts);

const lookedUp = ({ tables }: RecordRules, target: RawBuilder<unknown>, counts: RawBuilder<unknown>) => sql`
      select k.i, c.certain, ${isBeforeSpan}, ${counts} from ${target} k join r on r.span = k.span
      join ${sql.table(tables.trees)} c on c.edition_id = k.edition_id and c.target_id = k.no and ${within}
      where k.is_treed and ${inHandlingTier}`;

/** Trees have no counters of days of the unit itself. */
const daysOfTrees = ({ tables }: RecordRules, target: RawBuilder<unknown>, columns: RawBuilder<unknown>) => sql`
      select k.i, true, ${columns} from ${target} k join r on r.span = k.span and r.grain = ${sql.lit(DAY_GRAIN)}
      join own u on u.unit_id = k.no join ${sql.table(tables.units)} c on c.province_id = u.province_id and c.unit_id = u.unit_id and ${within}
      where k.is_treed and ${inHandlingTier}`;

/** Each unit once, because it contributes to several. */
const countersOfUnits = ({ tables }: RecordRules, columns: RawBuilder<unknown>) => sql`
    unit_counter as materialized (
      select u.span, u.province_id, u.unit_id, c.slot, ${columns} from (select distinct span, province_id, unit_id from other) u join r on r.span = u.span
      join ${sql.table(tables.units)} c on c.province_id = u.province_id and c.unit_id = u.unit_id and ${within}
    )`;

const countersReadOnce = (counts: RawBuilder<unknown>) => sql`
      select k.i, k.certain, is_before, ${counts} from other k join unit_counter c using (span, province_id, unit_id) where ${inHandlingTier}`;

const countersOfOthers = ({ tables }: RecordRules, columns: RawBuilder<unknown>) => sql`
      select k.i, k.certain, ${columns} from other k join r on r.span = k.span
      join ${sql.table(tables.units)} c on c.province_id = k.province_id and c.unit_id = k.unit_id and ${within} where ${inHandlingTier}`;

/** The keys, and the provinces of the country, whose tree has only what is certain in no province; of most units the country alone. */
const targets = ({ areMost }: KeyTraits) => sql`
    target as materialized (
      select k.i, k.span, k.slot, k.edition_id, k.no, k.is_treed, true as is_own from k ${areMost ? sql`where k.is_country` : sql``}
      union all
      select k.i, k.span, k.slot, k.edition_id, p.unit_id, true, false from k join edition e on e.id = k.edition_id
      join unit_version p on p.parent_id = k.no and p.tier = 'PROVINCE' and ${validOn(sql`e.starts_on`, "p")}
      where k.is_country and k.is_treed
    )`;

const ownUnits = ({ kind }: RecordRules, target: RawBuilder<unknown>) => sql`
    own as materialized (
      select distinct u.province_id, u.unit_id from ${target} k join record_unit u on u.unit_id = k.no and u.kind = ${sql.lit(kind)} where k.is_treed
    )`;

/** Looks for the keys of the units that have records, which may be few. */
const contributingToMany = ({ kind }: RecordRules) => sql`
    ${recordedUnits(kind, sql`exists (select from k where not is_treed)`)},
    other as materialized (
      select k.i, k.span, k.slot, c.unit_id, c.certain, c.province_id from (
        select c.*, u.province_id from (select distinct edition_id from k where not is_treed) e cross join recorded u
        cross join lateral (select * from contribution where edition_id = e.edition_id and unit_id = u.unit_id offset 0) c
      ) c join k on k.edition_id = c.edition_id and k.no = c.target_id
    )`;

/** Looks for the records of the units of the keys. */
const contributingToFew = ({ kind }: RecordRules) => sql`
    other as materialized (
      select distinct k.i, k.span, k.slot, c.unit_id, c.certain, u.province_id from k
      join contribution c on c.edition_id = k.edition_id and c.target_id = k.no
      join record_unit u on u.unit_id = c.unit_id and u.kind = ${sql.lit(kind)}
      where not k.is_treed
    )`;
