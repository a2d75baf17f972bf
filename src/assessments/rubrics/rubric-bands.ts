import type { InputProblems } from "../input-problem.ts";
import { faultOfPoints } from "../point-check.ts";
import { bandProblems, type ScoreBand } from "../scoring/bands.ts";
import { hundredthsOf } from "../scoring/points.ts";
import { CLASSIFICATION_CODES } from "../vocabulary.ts";
import type { ScoreBandInput } from "./rubric.input.ts";

/** Half-open ranges that hold every score exactly once. */
export const checkBands = (inputs: readonly ScoreBandInput[], problems: InputProblems): ScoreBand[] => {
  const faults = inputs.flatMap((input, n) => faultsOfBand(input, n, problems));
  const bands = inputs.map(({ classification, from, to }) => ({
    ...{ classification, from: from == null ? null : hundredthsOf(from), to: to == null ? null : hundredthsOf(to) },
  }));
  if (faults.length === 0)
    for (const { band, code, message } of bandProblems(bands)) problems.add(`bands[${band}]`, `BAND_${code}`, message);
  return bands;
};

/** Faults of the edges, because of which the bands cannot be compared. */
const faultsOfBand = ({ classification, from, to }: ScoreBandInput, n: number, problems: InputProblems): string[] => {
  if (!CLASSIFICATION_CODES.includes(classification))
    problems.add(
      `bands[${n}].classification`,
      "CLASS_UNKNOWN",
      `there is no class ${JSON.stringify(classification.slice(0, 50))}; must be one of ${CLASSIFICATION_CODES.join(", ")}`,
    );
  return Object.entries({ from, to }).flatMap(([edge, value]) => {
    const fault = value == null ? null : faultOfPoints(value);
    if (fault !== null) problems.add(`bands[${n}].${edge}`, "POINTS_INVALID", fault);
    return fault ?? [];
  });
};
