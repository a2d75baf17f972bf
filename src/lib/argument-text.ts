import { BadUserInput } from "./errors.ts";

/** Returns the text in NFC without blanks around it. @throws BadUserInput for a text that is empty, too long, or that PostgreSQL cannot store. */
export const textOf = (argument: string, text: string, longest: number): string => {
  const clean = text.normalize("NFC").trim();
  if (clean === "" || clean.length > longest || clean.includes("\0") || !clean.isWellFormed())
    throw new BadUserInput(argument, text, `must be 1 to ${longest} characters`);
  return clean;
};
