/** Controls, direction and zero-width marks, private and unassigned characters, fillers and selectors, and spaces that look like U+0020. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]|(?! )\p{Z}/u;

const PLAIN = /^[\x21-\x7E]+$/;
const EACH_UNSEEN = new RegExp(UNSEEN, "gu");

/** The general rule for codes; some kinds of codes are stricter. */
export const codeForm = (longest: number): string =>
  `1 to ${longest} visible characters in NFC, with no space but U+0020 and none at the ends`;

/** Returns why a text is not a code, or null. Codes that look the same must be equal, because an invisible difference would make two records of one. */
export const faultOfCode = (text: string, longest = 100): string | null => {
  if (text === "") return "is blank";
  if (PLAIN.test(text) && text.length <= longest) return null;
  const unseen = UNSEEN.exec(text);
  if (unseen)
    return `has ${nameOf(unseen[0])} at position ${[...text.slice(0, unseen.index)].length + 1}, which is invisible or looks like a space`;
  if (text.startsWith(" ") || text.endsWith(" ")) return "begins or ends with a space";
  if (text !== text.normalize("NFC")) return "is not in NFC";
  return [...text].length > longest ? `has more than ${longest} characters` : null;
};

/** Shows invisible characters by their code for terminals: a no-break space becomes \u00A0. */
export const visible = (text: string): string =>
  text.replaceAll(EACH_UNSEEN, (character) => `\\u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`);

export const isBlank = (text: string): boolean => text.replaceAll(EACH_UNSEEN, "").trim() === "";

const nameOf = (character: string): string => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
