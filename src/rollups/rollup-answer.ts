import { countedTo } from "../counters/cut.ts";
import { recordKinds } from "../counters/record-kinds.ts";
import type { RecordRules } from "../counters/record-rules.ts";
import { rowsFor } from "../counters/records.service.ts";
import type { RollupKey } from "../counters/rollup-key.ts";
import type { Reader } from "../database/reader.ts";
import type { RowScope } from "../database/row-scope.ts";
import type { Evidence } from "../figures/evidence.ts";
import type { RollupKind } from "../figures/measure.ts";
import { dayNumber } from "../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../hierarchy/hierarchy.ts";
import type { RequestHierarchy } from "../hierarchy/request-hierarchy.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { Day } from "../lib/time/date.ts";
import { RollupAnswer } from "./rollup-answer-rows.ts";
import { type AnswerHint, type AnswerHints, NOTHING_RECORDED } from "./rollup-hint.ts";
import { answerOf, type AnswerSpan, type Looking } from "./rollup-answer.store.ts";
import { ByFrame } from "./rollup-cache.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import type { Rollup } from "./rollup.ts";

/** Statements that one batch sends at once; more spans, as of a series, are read together by other statements. */
const MOST_SPANS = 3;
/** A statement that found other records or trees than the last one is followed by another. */
const ATTEMPTS = 4;

/** About how many units contribute to one of a tier, and how many of them and of keys are looked up one by one. */
const CONTRIBUTING: Readonly<Record<Tier, number>> = { COUNTRY: 15_000, PROVINCE: 400, DISTRICT: 20, COMMUNE: 4 };
const FEW_CONTRIBUTING = 4000;
const MOST_ONE_BY_ONE = 200;
/** From as many keys on it is faster to read the counters of all units. */
const FEWEST_IN_ONE_PASS = 1000;

export interface Answering {
  readonly reader: Reader;
  readonly hierarchy: RequestHierarchy;
  readonly evidence: Evidence;
  readonly scope: RowScope;
  readonly today: Day;
  readonly hints: AnswerHints;
}

/** Keys that share a span. */
interface Batch {
  readonly span: AnswerSpan;
  readonly unitNos: number[];
  readonly tiers: (Tier | null)[];
  /** The position of each key among all. */
  readonly positions: number[];
  country: number;
  contributing: number;
}

/**
 * Reads roll-ups of stored sets, or of records alone, by one statement for each span. Of most units of an edition, each is answered as soon as its rows have come. Null if a set
 * must be built first, or drafts count.
 */
export const answersAtOnce = async (
  answering: Answering,
  kind: RollupKind,
  keys: readonly RollupKey[],
): Promise<RollupOrLater[] | null> => {
  const { reader, evidence, hierarchy } = answering;
  if (reader.isDistributed) return null;
  const batches = batchesOf(keys, answering.today, hierarchy.loaded ?? (await hierarchy.load()));
  if (batches === null || batches.length > MOST_SPANS || (await evidence.drafts()).length > 0) return null;
  const asked = { kind, rules: recordKinds().find(({ measures }) => measures === kind) ?? null, keys };
  const found = await Promise.all(batches.map((batch) => readBatch(answering, asked, batch)));
  if (found.includes(null)) return null;
  const rollups = Array<RollupOrLater>(keys.length);
  for (const [b, { positions }] of batches.entries()) for (const [n, position] of positions.entries()) rollups[position] = found[b]![n]!;
  return rollups;
};

/** Null if a day has no edition. */
const batchesOf = (keys: readonly RollupKey[], today: Day, units: Hierarchy): Batch[] | null => {
  const batches = new Map<string, Batch>();
  const batchOf = ({ period, cut, unit: { asOf } }: RollupKey): Batch | null => {
    const last = countedTo(period, cut);
    const cellDay = cellDayOf(period, last ?? today);
    const [edition, cellEdition] = [asOf, cellDay].map((day) => units.editionOn(dayNumber(day)));
    if (!edition || !cellEdition) return null;
    const name = `${period.name} ${last} ${edition.id}`;
    const span = { from: period.from, to: period.to, countedTo: last, editionId: edition.id, cellDay, cellEditionId: cellEdition.id };
    const batch = batches.get(name) ?? { span, unitNos: [], tiers: [], positions: [], country: 0, contributing: 0 };
    batches.set(name, batch);
    return batch;
  };
  const frames = new ByFrame(batchOf);
  for (const [n, key] of keys.entries()) {
    const batch = frames.of(key);
    if (batch === null) return null;
    const { tier, no } = key.unit;
    batch.positions.push(n);
    batch.tiers.push(key.handledBy);
    batch.unitNos.push(no);
    if (tier === "COUNTRY") batch.country = no;
    batch.contributing += CONTRIBUTING[tier ?? "COMMUNE"];
  }
  return [...batches.values()];
};

/** A promise where the statement has begun to answer. */
type RollupOrLater = Rollup | Promise<Rollup>;

interface Asked {
  readonly kind: RollupKind;
  readonly rules: RecordRules | null;
  readonly keys: readonly RollupKey[];
}

/** The roll-ups of a batch in its order. */
const readBatch = async (answering: Answering, { kind, rules, keys: all }: Asked, batch: Batch): Promise<RollupOrLater[] | null> => {
  const { reader, hierarchy, scope, hints } = answering;
  const { span, positions } = batch;
  const { from, countedTo: last, editionId } = span;
  const rows = rules === null || last === null ? reader : rowsFor(reader, scope, [{ from, to: last }]);
  const keys = positions.map((position) => all[position]!);
  const places = new Map(batch.unitNos.map((no, n) => [no, n]));
  const asked = { ...batch, areDistinct: places.size === keys.length };
  const areMost = keys.length >= FEWEST_IN_ONE_PASS;
  const areMany = batch.contributing > FEW_CONTRIBUTING || keys.length > MOST_ONE_BY_ONE;
  const name = `${kind.name} ${from} ${last}`;
  let hint = last === null ? NOTHING_RECORDED : hints.of(editionId, name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const looking = lookingFor(hint, { areMany, areMost });
    const { query, isByUnit } = answerOf({ kind, rules }, asked, span, looking);
    const answer = new RollupAnswer({ kind, rules, keys, looking, places: isByUnit ? places : null, through: last });
    const isInOrder = areMost && (isByUnit || !hint.isForRecords);
    let promised: Promise<Rollup>[] | null = null;
    // A failure of another batch would leave promises that nobody awaits.
    if (isInOrder && keys.length === all.length) promised = await answer.promised((take) => reader.each(query, take));
    else for (const row of await rows.rows(query)) answer.take(row);
    if (answer.head === null) return null;
    hierarchy.see(answer.head.version);
    if (promised) return promised;
    if (last !== null) hint = hints.note(editionId, name, answer.learn(hint));
    if (answer.isFitting && !answer.isReady) return null;
    if (answer.isWhole) return answer.rollups;
  }
  return null;
};

/** What few hold costs little to look for among many, and much to look for again. */
const lookingFor = (hint: AnswerHint, { areMany, areMost }: Pick<Looking, "areMany" | "areMost">): Looking => {
  const isForWithheld = hint.isForWithheld || areMost;
  const isForAll = areMany || isForWithheld;
  return {
    ...hint,
    ...{ areMany, areMost, isForWithheld, isForStored: hint.isForStored || isForAll, isForComplete: hint.isForComplete || isForAll },
  };
};
