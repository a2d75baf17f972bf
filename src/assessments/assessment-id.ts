const KINDS = ["rubric", "criterion", "cycle", "sheet", "adjustment"] as const;
type IdKind = (typeof KINDS)[number];

const MAX_NUMBER = 2_147_483_647;

/** An opaque id, which consists of the kind and the numbers of the primary key. */
export const assessmentIdOf = (kind: IdKind, ...numbers: readonly number[]): string =>
  Buffer.from(`${kind}:${numbers.join(":")}`).toString("base64url");

/** Returns the numbers of an id of the kind; null for a text that is no such id, which is answered like an id that nothing has. */
export const parseAssessmentId = (kind: IdKind, id: string): readonly number[] | null => {
  const match = /^([a-z]+)((?::\d{1,10})+)$/.exec(Buffer.from(id, "base64url").toString("utf8"));
  if (match?.[1] !== kind) return null;
  const numbers = match[2]!.slice(1).split(":").map(Number);
  const length = kind === "criterion" ? 2 : 1;
  return numbers.length === length && numbers.every((one) => one <= MAX_NUMBER) && assessmentIdOf(kind, ...numbers) === id ? numbers : null;
};

/** The number of an id with one number. */
export const parseNumberId = (kind: Exclude<IdKind, "criterion">, id: string): number | null => parseAssessmentId(kind, id)?.[0] ?? null;
