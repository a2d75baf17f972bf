import { computeRate, type Rate } from "../../rollups/rate.ts";
import { type Counted, countsByName } from "../dossier-count.ts";

/** A criterion of Decision 766/QĐ-TTg that depends on dossiers: a ratio of counts, and its maximum points. */
interface Rule {
  readonly code: string;
  readonly name: string;
  readonly maxScore: number;
  /** Ratio from which the maximum points are given; without it points are proportional. */
  readonly threshold: number;
  readonly part: (of: Counted) => number;
  readonly whole: (of: Counted) => number;
}

const handled = (of: Counted) => of.openBefore + of.receivedDirect + of.receivedOnline + of.receivedPostal;
const resolved = (of: Counted) => of.resolvedEarly + of.resolvedOnTime + of.resolvedOverdue;

const RULES: readonly Rule[] = [
  {
    ...{ code: "2.1", name: "Hồ sơ xử lý trước hạn, đúng hạn", maxScore: 20, threshold: 1, whole: handled },
    part: (of) => handled(of) - of.resolvedOverdue - of.pastDue - of.pausedLate - of.closedLate,
  },
  {
    ...{ code: "3", name: "Hồ sơ dịch vụ công trực tuyến toàn trình", maxScore: 12, threshold: 1 },
    ...{ part: (of: Counted) => of.fullOnline, whole: (of: Counted) => of.fullReceived },
  },
  {
    ...{ code: "3.6", name: "Hồ sơ thanh toán trực tuyến", maxScore: 6, threshold: 1 },
    ...{ part: (of: Counted) => of.feePaidOnline, whole: (of: Counted) => of.feeReceived },
  },
  {
    ...{ code: "4.1", name: "Hồ sơ cấp kết quả điện tử", maxScore: 6, threshold: 1 },
    ...{ part: (of: Counted) => of.electronicResults, whole: resolved },
  },
  {
    ...{ code: "4.2", name: "Hồ sơ thực hiện số hóa", maxScore: 4, threshold: 0.8 },
    ...{ part: (of: Counted) => of.digitalResults, whole: resolved },
  },
];

export interface Criterion {
  readonly code: string;
  readonly name: string;
  readonly rate: Rate;
  readonly score: number | null;
  readonly maxScore: number;
}

export interface Quality {
  readonly criteria: readonly Criterion[];
  /** Sum over the criteria with a score; null if none has one. */
  readonly score: number | null;
  readonly maxScore: number;
}

/** Returns the score for counts in the order of COUNTED; null without records. */
export const qualityOf = (counted: readonly number[] | null): Quality => {
  const of = counted && countsByName(counted);
  const criteria = RULES.map(({ code, name, maxScore, threshold, part, whole }): Criterion => {
    const sums = of ? { part: part(of), of: whole(of), whole: whole(of) } : { part: null, of: null, whole: null };
    const rate = computeRate(sums, null);
    return { code, name, rate, score: rate.value === null ? null : Math.min(rate.value / threshold, 1) * maxScore, maxScore };
  });
  const scores = criteria.flatMap(({ score }) => score ?? []);
  const total = (points: readonly number[]) => points.reduce((sum, one) => sum + one, 0);
  return { criteria, score: scores.length === 0 ? null : total(scores), maxScore: total(RULES.map(({ maxScore }) => maxScore)) };
};
