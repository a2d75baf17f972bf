import { BadUserInput } from "../lib/errors.ts";
import { type Day, parseDay, parsePastDay } from "../lib/time/date.ts";
import { textOf } from "../lib/argument-text.ts";
import type { TaskDocument, TaskEvidence } from "./task.loaders.ts";
import type { TaskDocumentInput, TaskEvidenceInput } from "./task.input.ts";

const LONGEST = { title: 500, product: 1000, note: 2000, number: 100, issuer: 300, name: 300, url: 2000 } as const;
const MAX_EVIDENCE = 20;

const optional = <T>(value: T | null | undefined, read: (value: T) => T): T | null => (value == null ? null : read(value));

export const titleOf = (title: string): string => textOf("title", title, LONGEST.title);
export const productOf = (product: string | null | undefined): string | null =>
  optional(product, (text) => textOf("product", text, LONGEST.product));
export const noteOf = (note: string): string => textOf("note", note, LONGEST.note);
export const optionalNoteOf = (note: string | null | undefined): string | null => optional(note, noteOf);

const urlOf = (argument: string, text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || text.length > LONGEST.url)
    throw new BadUserInput(argument, text, `must be an address that begins with http:// or https://, of at most ${LONGEST.url} characters`);
  return url.href;
};

export const documentOf = (input: TaskDocumentInput | null | undefined, today: Day): TaskDocument | null =>
  input == null
    ? null
    : {
        number: textOf("document.number", input.number, LONGEST.number),
        signedOn: optional(input.signedOn, (day) => parsePastDay("document.signedOn", day, today)),
        issuer: optional(input.issuer, (text) => textOf("document.issuer", text, LONGEST.issuer)),
        url: optional(input.url, (text) => urlOf("document.url", text)),
      };

export const taskEvidenceOf = (inputs: readonly TaskEvidenceInput[]): TaskEvidence[] => {
  if (inputs.length > MAX_EVIDENCE) throw new BadUserInput("evidence", inputs.length, `must contain at most ${MAX_EVIDENCE} links`);
  return inputs.map(({ name, url }, n) => ({
    name: textOf(`evidence[${n}].name`, name, LONGEST.name),
    url: urlOf(`evidence[${n}].url`, url),
  }));
};

/** @throws BadUserInput for what is no percentage. */
export const percentOf = (percent: number | null | undefined): number | null =>
  optional(percent, (value) => {
    if (value < 0 || value > 100) throw new BadUserInput("percent", value, "must be a whole number from 0 to 100");
    return value;
  });

interface DeadlineInput {
  readonly deadline?: string | null;
  readonly removeDeadline: boolean;
}

/** The new deadline; null where it is removed, undefined where it stays. @throws BadUserInput where both are given. */
export const deadlineOf = ({ deadline, removeDeadline }: DeadlineInput): Day | null | undefined => {
  if (deadline != null && removeDeadline)
    throw new BadUserInput("removeDeadline", true, "at most one of deadline and removeDeadline must be given");
  if (removeDeadline) return null;
  return deadline == null ? undefined : parseDay("deadline", deadline);
};

/** A day on which work may be done. @throws BadUserInput for one before the assignment or still to come. */
export const workedOn = (argument: string, given: string | null | undefined, assignedOn: Day, today: Day): Day => {
  if (given == null) return today;
  const day = parsePastDay(argument, given, today);
  if (day < assignedOn) throw new BadUserInput(argument, day, `must be a day from the assignment, ${assignedOn}, to today, ${today}`);
  return day;
};

/** @throws BadUserInput for a deadline before the assignment. */
export const checkDeadline = (deadline: Day | null | undefined, assignedOn: Day): void => {
  if (deadline != null && deadline < assignedOn)
    throw new BadUserInput("deadline", deadline, `must be the day of assignment, ${assignedOn}, or a later one`);
};
