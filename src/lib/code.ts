/** Controls, marks of direction and of zero width, what is private or not assigned, fillers and selectors, blanks that look like others. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}]|(?! )\p{Z}/u;

/** What nearly all codes are made of. */
const PLAIN = /^[\x21-\x7E]+$/;
const EACH_UNSEEN = new RegExp(UNSEEN, "gu");

/** What a code may be; of each kind of code, some are narrower. */
export const codeForm = (longest: number): string =>
  `1 to ${longest} characters in NFC that can be seen, with no blank but U+0020, and none at the ends`;

/**
 * Why a text is no code; null where it is one. Two codes that look the same are the same: what cannot be seen, or is seen as something
 * else, would make two records of one.
 */
export const faultOfCode = (text: string, longest = 100): string | null => {
  if (text === "") return "is blank";
  if (PLAIN.test(text) && text.length <= longest) return null;
  const unseen = UNSEEN.exec(text);
  if (unseen)
    return `has ${nameOf(unseen[0])} in place ${[...text.slice(0, unseen.index)].length + 1}, which cannot be told from a blank or from nothing`;
  if (text.startsWith(" ") || text.endsWith(" ")) return "begins or ends with a blank";
  if (text !== text.normalize("NFC")) return "is not in NFC";
  return [...text].length > longest ? `has more than ${longest} characters` : null;
};

/** What cannot be seen by its number, for terminals: a no-break space is \u00A0. */
export const visible = (text: string): string =>
  text.replaceAll(EACH_UNSEEN, (character) => `\\u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`);

/** True where nothing is to be seen. */
export const isBlank = (text: string): boolean => text.replaceAll(EACH_UNSEEN, "").trim() === "";

const nameOf = (character: string): string => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
