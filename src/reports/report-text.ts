import { BadUserInput } from "../lib/errors.ts";

/** NFC, without blanks around it; line breaks are kept. @throws BadUserInput for what PostgreSQL could not hold or nobody could read. */
export const textOf = (argument: string, text: string, longest: number): string => {
  const clean = text.normalize("NFC").trim();
  if (clean === "" || clean.length > longest || clean.includes("\0") || !clean.isWellFormed())
    throw new BadUserInput(argument, text, `accepted are 1 to ${longest} characters`);
  return clean;
};
