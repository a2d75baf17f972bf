/** Đ has no mark that could be taken off, and letters that look like it: ð, and ɖ, whose capitals are Ð and Ɖ. */
const LIKE_D = /[đðɖ]/gu;

/**
 * A name for comparison: without case, diacritics and tone-mark position, a blank before each word:
 * " uong bi" of "Uông Bí", " hoa binh" of both "Hòa Bình" and "Hoà Bình".
 */
export const foldName = (name: string): string => {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll(LIKE_D, "d");
  return plain
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => ` ${word}`)
    .join("");
};
