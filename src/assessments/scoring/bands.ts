import { type Hundredths, hundredthsOf, pointsOf } from "./points.ts";

/** Scores of a class: from <= score < to. The lowest has no `from`, the top no `to`. */
export interface ScoreBand {
  readonly classification: string;
  readonly from: Hundredths | null;
  readonly to: Hundredths | null;
}

/** The bands of a rubric as answers have them. */
export const bandsOf = (
  bands: readonly { readonly classification: { readonly code: string }; readonly from: number | null; readonly to: number | null }[],
): ScoreBand[] =>
  bands.map(({ classification, from, to }) => ({
    ...{ classification: classification.code, from: from === null ? null : hundredthsOf(from), to: to === null ? null : hundredthsOf(to) },
  }));

export interface BandProblem {
  readonly band: number;
  readonly code: "GAP" | "OVERLAP" | "DUPLICATE" | "EMPTY";
  readonly message: string;
}

/** The class whose band holds the score; null where the rubric has no bands. */
export const classAt = (bands: readonly ScoreBand[], score: Hundredths): string | null => bandAt(bands, score)?.classification ?? null;

/** The class whose band holds both scores; null where none does. */
export const classBetween = (bands: readonly ScoreBand[], low: Hundredths, high: Hundredths): string | null => {
  const band = bandAt(bands, low);
  return band && band === bandAt(bands, high) ? band.classification : null;
};

const bandAt = (bands: readonly ScoreBand[], score: Hundredths): ScoreBand | undefined =>
  bands.find(({ from, to }) => (from === null || from <= score) && (to === null || score < to));

/** What keeps the bands, in any order, from holding every score exactly once. */
export const bandProblems = (bands: readonly ScoreBand[]): BandProblem[] => {
  const problem = (band: number, code: BandProblem["code"], message: string): BandProblem => ({ band, code, message });
  const classes = new Set<string>();
  const problems = bands.flatMap(({ classification, from, to }, band) => {
    const isRepeated = classes.has(classification);
    classes.add(classification);
    return [
      ...(isRepeated ? [problem(band, "DUPLICATE", `${classification} has a band already`)] : []),
      ...(from !== null && to !== null && to <= from
        ? [problem(band, "EMPTY", `to must be above from (${pointsOf(from)}), not ${pointsOf(to)}`)]
        : []),
    ];
  });
  return problems.length > 0 ? problems : edgeProblems(bands);
};

const edgeProblems = (bands: readonly ScoreBand[]): BandProblem[] => {
  const inOrder = bands.map((band, index) => ({ ...band, index })).toSorted((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity));
  return inOrder.flatMap(({ from, classification, index }, position): BandProblem[] => {
    const below = inOrder[position - 1];
    const isTop = position === inOrder.length - 1;
    const end =
      isTop && inOrder[position]!.to !== null
        ? [`the top band ${classification} must have no to, because higher scores have no class`]
        : [];
    const edge = below === undefined ? firstEdge(from, classification) : edgeAbove(below, from);
    return [...(edge ? [{ band: index, ...edge }] : []), ...end.map((message) => ({ band: index, code: "GAP" as const, message }))];
  });
};

const firstEdge = (from: Hundredths | null, classification: string): Pick<BandProblem, "code" | "message"> | null =>
  from === null
    ? null
    : { code: "GAP", message: `the lowest band ${classification} must have no from, because lower scores have no class` };

const edgeAbove = (below: ScoreBand, from: Hundredths | null): Pick<BandProblem, "code" | "message"> | null => {
  if (from !== null && below.to === from) return null;
  const [to, start] = [below.to === null ? "no end" : String(pointsOf(below.to)), from === null ? "no start" : String(pointsOf(from))];
  const isGap = from !== null && below.to !== null && below.to < from;
  return {
    code: isGap ? "GAP" : "OVERLAP",
    message: `must begin where ${below.classification} ends: it has ${start}, and that band ${to}`,
  };
};
