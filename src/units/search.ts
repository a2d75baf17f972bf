import { BadUserInput } from "../errors.ts";
import { foldName } from "./fold.ts";

/** Every word is tried on every name. */
const MAX_SEARCH = 200;
const MAX_WORDS = 12;

/** The folded words of a search. @throws BadUserInput naming the argument, for none or too many of them. */
export const searchWords = (argument: string, search: string): string[] => {
  const folded = foldName(search);
  if (folded === "") throw new BadUserInput(argument, search, "accepted is a text with a letter or a digit");
  const words = folded.trim().split(" ");
  if (search.length > MAX_SEARCH || words.length > MAX_WORDS)
    throw new BadUserInput(argument, search, `accepted are at most ${MAX_SEARCH} characters and ${MAX_WORDS} words`);
  return words;
};
