import { CLASSIFICATION_CODES } from "../vocabulary.ts";
import type { InputProblems } from "../input-problem.ts";
import { faultOfPoints, storedPoints } from "../points.ts";
import type { StoredBand } from "./rubric.entity.ts";
import type { ScoreBandInput } from "./rubric.input.ts";

type Edge = "from" | "to";

const storedEdge = (edge: number | null | undefined): number | null => (edge == null ? null : storedPoints(edge));

/** Half-open ranges from the lowest class to the top, without gap or overlap. */
export const checkBands = (bands: readonly ScoreBandInput[], problems: InputProblems): StoredBand[] => {
  const seen = new Map<string, number>();
  for (const [n, band] of bands.entries()) {
    const { classification } = band;
    const at = `bands[${n}]`;
    if (!CLASSIFICATION_CODES.includes(classification))
      problems.add(
        `${at}.classification`,
        "CLASS_UNKNOWN",
        `there is no class ${JSON.stringify(classification.slice(0, 50))}; must be one of ${CLASSIFICATION_CODES.join(", ")}`,
      );
    const before = seen.get(classification);
    if (before !== undefined) problems.add(`${at}.classification`, "CLASS_TWICE", `${classification} is also that of bands[${before}]`);
    seen.set(classification, n);
    for (const edge of ["from", "to"] as const) checkEdge(bands, n, edge, problems);
    if (band.from != null && band.to != null && band.from >= band.to)
      problems.add(`${at}.to`, "BAND_EMPTY", `${band.to} must be above from, ${band.from}`);
  }
  return bands.map(({ classification, from, to }) => ({ classification, from: storedEdge(from), to: storedEdge(to) }));
};

/** The lower edge of a band is the upper edge of the band before it; the two ends are open. */
const checkEdge = (bands: readonly ScoreBandInput[], n: number, edge: Edge, problems: InputProblems): void => {
  const value = bands[n]![edge] ?? null;
  const place = `bands[${n}].${edge}`;
  const isEnd = edge === "from" ? n === 0 : n === bands.length - 1;
  if (isEnd) {
    const which = edge === "from" ? "the lowest class has no from" : "the top class has no to";
    if (value !== null) problems.add(place, "BAND_NOT_OPEN", `${value} must be omitted: ${which}`);
    return;
  }
  if (value === null) return problems.add(place, "BAND_OPEN", "must be given, except at the lowest from and the top to");
  const fault = faultOfPoints(value);
  if (fault !== null) return problems.add(place, "POINTS_INVALID", fault);
  const before = edge === "from" ? (bands[n - 1]!.to ?? null) : null;
  if (before === null || before === value) return;
  const [code, what] = value > before ? ["BAND_GAP", "leaves a gap after"] : ["BAND_OVERLAP", "overlaps with"];
  problems.add(place, code, `${value} ${what} ${bands[n - 1]!.classification}, which ends below ${before}`);
};
