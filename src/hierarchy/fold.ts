/** Unicode normalisation does not decompose Đ and the similar letters ð and ɖ. */
const LIKE_D = /[đðɖ]/gu;

/**
 * Folds a name for comparison: without case, diacritics and tone-mark position, with a space before each word. "Uông Bí" becomes " uong bi"; "Hòa Bình" and "Hoà Bình" both
 * become " hoa binh".
 */
export const foldName = (name: string): string => {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll(LIKE_D, "d");
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => ` ${word}`)
    .join("");
};
