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
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { Day } from "../lib/time/date.ts";
import { ALL, type AnswerHint, type AnswerHints, lacks } from "./rollup-hint.ts";
import { type AnswerFrame, answerOf, type AnswerRow, daysOf, type Span } from "./rollup-answer.store.ts";
import { ByFrame } from "./rollup-cache.ts";
import { cellDayOf } from "./rollup-set.loader.ts";
import { type Rollup, rollupClass, type StoredRollup } from "./rollup.ts";

/** Statements that one batch sends at once; more spans, as of a series, are read together by other statements. */
const MOST_SPANS = 3;

/** Of few keys, what withholds them is looked for by a second statement, because few roll-ups may be withheld. */
const FEW_KEYS = 3;
/** About how many units contribute to one of a tier, and how many of them and of keys are looked up one by one. */
const CONTRIBUTING: Readonly<Record<Tier, number>> = { COUNTRY: 15_000, PROVINCE: 400, DISTRICT: 20, COMMUNE: 4 };
const FEW_CONTRIBUTING = 4000;
const MOST_ONE_BY_ONE = 200;

const NONE_COVERED: MeasureCoverage = { covered: 0, reported: 0 };

export interface Answering {
  readonly reader: Reader;
  readonly evidence: Evidence;
  readonly scope: RowScope;
  readonly today: Day;
  readonly hints: AnswerHints;
}

/** Keys that share a span. */
interface Batch {
  readonly span: Span;
  readonly frames: AnswerFrame[];
  readonly unitNos: number[];
  readonly places: number[];
  /** The position of each key among all. */
  readonly positions: number[];
  contributing: number;
}

/** Reads roll-ups of stored sets, or of records alone, by one statement for each span. Null if a set must be built first, or drafts count. */
export const answersAtOnce = async (answering: Answering, kind: RollupKind, keys: readonly RollupKey[]): Promise<Rollup[] | null> => {
  const { reader, evidence } = answering;
  if (reader.isDistributed) return null;
  const batches = batchesOf(keys, answering.today);
  if (batches.length > MOST_SPANS || (await evidence.drafts()).length > 0) return null;
  const rules = recordKinds().find(({ measures }) => measures === kind) ?? null;
  const rollups = Array<Rollup>(keys.length);
  const areRead = await Promise.all(batches.map((batch) => readBatch(answering, { kind, rules, keys, rollups }, batch)));
  return areRead.every(Boolean) ? rollups : null;
};

const batchesOf = (keys: readonly RollupKey[], today: Day): Batch[] => {
  const batches = new Map<string, Batch>();
  const frameOf = (key: RollupKey) => {
    const { period, cut, handledBy, unit } = key;
    const last = countedTo(period, cut);
    const name = `${period.name} ${last}`;
    const span = { from: period.from, to: period.to, countedTo: last, cellDay: cellDayOf(period, last ?? today) };
    const batch = batches.get(name) ?? { span, frames: [], unitNos: [], places: [], positions: [], contributing: 0 };
    batches.set(name, batch);
    return { batch, place: batch.frames.push({ asOf: unit.asOf, isCountry: unit.tier === "COUNTRY", handledBy }) - 1 };
  };
  const [countries, others] = [new ByFrame(frameOf), new ByFrame(frameOf)];
  for (const [n, key] of keys.entries()) {
    const { batch, place } = (key.unit.tier === "COUNTRY" ? countries : others).of(key);
    batch.unitNos.push(key.unit.no);
    batch.places.push(place);
    batch.positions.push(n);
    batch.contributing += CONTRIBUTING[key.unit.tier ?? "COMMUNE"];
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
  const { reader, scope, hints } = answering;
  const { span, positions, frames } = batch;
  const rows = rules === null || span.countedTo === null ? reader : rowsFor(reader, scope, [{ from: span.from, to: span.countedTo }]);
  const areMany = batch.contributing > FEW_CONTRIBUTING || positions.length > MOST_ONE_BY_ONE;
  const read = async (hint: AnswerHint, isForWithheld: boolean): Promise<Content | null> => {
    const [row] = await rows.rows(answerOf(kind, rules, batch, span, { ...hint, areMany, isForWithheld }));
    if (span.countedTo !== null) hints.note(frames, row!);
    if (!row!.isReady || row!.days < daysOf(batch).length) return null;
    return lacks(row!, hint) ? read(ALL, isForWithheld) : contentOf(rules, span, positions.length, row!);
  };
  const hint = span.countedTo === null ? ALL : hints.of(frames);
  if (positions.length > FEW_KEYS) return read(hint, true);
  const content = await read(hint, false);
  return content !== null && positions.some((_, n) => isDoubtful(content, n)) ? read(hint, true) : content;
};

interface Content {
  readonly stored: readonly (StoredRollup | undefined)[];
  /** Null if no records are read. */
  readonly sums: readonly RecordSums[] | null;
  readonly withheld: ReadonlySet<number>;
}

const contentOf = (rules: RecordRules | null, span: Span, count: number, answer: AnswerRow): Content | null => {
  if (!answer.isReady) return null;
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

const sumsOf = (rules: RecordRules, { sums, complete }: AnswerRow, { countedTo: through }: Span, count: number): RecordSums[] => {
  const [certain, possible] = [Array<readonly number[] | null>(count).fill(null), Array<readonly number[] | null>(count).fill(null)];
  for (const [i, isCertain, counted] of sums ?? [])
    (isCertain ? certain : possible)[i - 1] = columnsOf(rules.measures, rules.measuresOf(counted));
  for (const i of complete ?? []) certain[i - 1] = rules.zeros;
  return certain.map((sum, n) => ({ certain: sum, possible: possible[n]!, through: through! }));
};
