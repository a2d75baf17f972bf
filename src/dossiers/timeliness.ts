import type { CountedDays } from "./dossier-state.ts";

export const TIMELINESS = ["EARLY", "ON_TIME", "OVERDUE", "NOT_DUE", "PAUSED", "ENDED_WITHOUT_RESULT"] as const;
export type Timeliness = (typeof TIMELINESS)[number];

const ENDED = { 1: "EARLY", 2: "ON_TIME", 3: "OVERDUE", 4: "ENDED_WITHOUT_RESULT", 5: "ENDED_WITHOUT_RESULT" } as const;

/** Timeliness of a dossier at the end of an epoch day; null before receipt. A paused dossier is not overdue. */
export const timelinessOn = ({ receivedOn, endedOn, dueOn, outcome, pauses }: CountedDays, day: number): Timeliness | null => {
  if (receivedOn === null || receivedOn > day) return null;
  if (outcome !== null && endedOn !== null && endedOn <= day) return ENDED[outcome];
  if (pauses.some(({ from, to }) => from <= day && (to === null || day < to))) return "PAUSED";
  return dueOn !== null && dueOn < day ? "OVERDUE" : "NOT_DUE";
};
