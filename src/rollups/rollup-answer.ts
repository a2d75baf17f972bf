import { countedTo } from "../counters/cut.ts";
import { recordKinds } from "../counters/record-kinds.ts";
import type { RecordRules } from "../counters/record-rules.ts";
import { columnsOf, type MeasureCoverage, type RecordSums } from "../counters/records.ts";
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
import { type AnswerHints, fits, NOTHING_RECORDED } from "./rollup-hint.ts";
import { answerOf, type AnswerRow, type AnswerSpan } from "./rollup-answer.store.ts";
import { ByFrame } from "./rollup-cache.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import { type Rollup, rollupClass, type StoredRollup } from "./rollup.ts";

/** Statements that one batch sends at once; more spans, as of a series, are read together by other statements. */
const MOST_SPANS = 3;
/** A statement that found other records or trees than the last one is followed by another. */
const ATTEMPTS = 3;

/** About how many units contribute to one of a tier, and how many of them and of keys are looked up one by one. */
const CONTRIBUTING: Readonly<Record<Tier, number>> = { COUNTRY: 15_000, PROVINCE: 400, DISTRICT: 20, COMMUNE: 4 };
const FEW_CONTRIBUTING = 4000;
const MOST_ONE_BY_ONE = 200;
/** From as many keys on it is faster to read the counters of all units. */
const FEWEST_IN_ONE_PASS = 1000;

const NONE_COVERED: MeasureCoverage = { covered: 0, reported: 0 };

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

/** Reads roll-ups of stored sets, or of records alone, by one statement for each span. Null if a set must be built first, or drafts count. */
export const answersAtOnce = async (answering: Answering, kind: RollupKind, keys: readonly RollupKey[]): Promise<Rollup[] | null> => {
  const { reader, evidence, hierarchy } = answering;
  if (reader.isDistributed) return null;
  const batches = batchesOf(keys, answering.today, hierarchy.loaded ?? (await hierarchy.load()));
  if (batches === null || batches.length > MOST_SPANS || (await evidence.drafts()).length > 0) return null;
  const rules = recordKinds().find(({ measures }) => measures === kind) ?? null;
  const rollups = Array<Rollup>(keys.length);
  const areRead = await Promise.all(batches.map((batch) => readBatch(answering, { kind, rules, keys, rollups }, batch)));
  return areRead.every(Boolean) ? rollups : null;
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

interface Answered {
  readonly kind: RollupKind;
  readonly rules: RecordRules | null;
  readonly keys: readonly RollupKey[];
  readonly rollups: Rollup[];
}

const readBatch = async (answering: Answering, asked: Answered, batch: Batch): Promise<boolean> => {
  const { keys, rollups } = asked;
  const content = await contentOfBatch(answering, asked, batch);
  if (content === null) return false;
  const KindRollup = rollupClass(asked.kind);
  for (const [n, position] of batch.positions.entries()) {
    const reported = content.withheld.has(n + 1) ? NONE_COVERED : null;
    rollups[position] = new KindRollup(keys[position]!, content.stored[n], content.sums?.[n], reported);
  }
  return true;
};

const contentOfBatch = async (answering: Answering, { kind, rules }: Answered, batch: Batch): Promise<Content | null> => {
  const { reader, hierarchy, scope, hints } = answering;
  const { span, positions } = batch;
  const { from, countedTo: last, editionId } = span;
  const rows = rules === null || last === null ? reader : rowsFor(reader, scope, [{ from, to: last }]);
  const areMost = positions.length >= FEWEST_IN_ONE_PASS;
  const areMany = batch.contributing > FEW_CONTRIBUTING || positions.length > MOST_ONE_BY_ONE;
  const name = `${kind.name} ${from} ${last}`;
  let hint = last === null ? NOTHING_RECORDED : hints.of(editionId, name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [row] = await rows.rows(answerOf({ kind, rules }, batch, span, { ...hint, areMany, areMost }));
    if (!row) return null;
    hierarchy.see(row.version);
    const isFitting = fits(row, hint);
    if (isFitting && !row.isReady) return null;
    const content = contentOf(rules, span, positions.length, row);
    const isForWithheld = hint.isForWithheld || (isFitting && positions.some((_, n) => isDoubtful(content, n)));
    if (isFitting && isForWithheld === hint.isForWithheld) return content;
    hint = hints.note(editionId, name, { isForRecords: row.isRecorded, isForTrees: row.isTreed, isForWithheld });
  }
  return null;
};

interface Content {
  readonly stored: readonly (StoredRollup | undefined)[];
  /** Null if no records are read. */
  readonly sums: readonly RecordSums[] | null;
  readonly withheld: ReadonlySet<number>;
}

const contentOf = (rules: RecordRules | null, span: AnswerSpan, count: number, answer: AnswerRow): Content => {
  const stored = Array<StoredRollup | undefined>(count);
  for (const row of answer.stored ?? []) stored[row[6] - 1] = row as unknown as StoredRollup;
  const sums = answer.isRecorded && rules !== null ? sumsOf(rules, answer, span, count) : null;
  return { stored, sums, withheld: new Set(answer.withheld) };
};

/** True if there are certain and possible values, but no figure covers a unit. */
const isDoubtful = ({ stored, sums }: Content, n: number): boolean => {
  const [own, recorded] = [stored[n], sums?.[n]];
  if (!recorded || (own?.[0] ?? 0) > 0) return false;
  const isInexact = recorded.possible !== null || own?.[2] === false;
  return isInexact && (recorded.certain !== null || own?.[5].some((sum) => sum !== null) === true);
};

const sumsOf = (rules: RecordRules, { sums, complete }: AnswerRow, { countedTo: through }: AnswerSpan, count: number): RecordSums[] => {
  const [certain, possible] = [Array<readonly number[] | null>(count).fill(null), Array<readonly number[] | null>(count).fill(null)];
  for (const [i, isCertain, counted] of sums ?? [])
    (isCertain ? certain : possible)[i - 1] = columnsOf(rules.measures, rules.measuresOf(counted));
  for (const i of complete ?? []) certain[i - 1] = rules.zeros;
  return certain.map((sum, n) => ({ certain: sum, possible: possible[n]!, through: through! }));
};
