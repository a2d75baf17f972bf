import { BadUserInput } from "../lib/errors.ts";
import { foldName } from "./fold.ts";

/** Every word is tried on every name. */
const MAX_SEARCH = 200;
const MAX_WORDS = 12;

/** What a text may mean as a name. */
export interface NameReading {
  readonly words: readonly string[];
  /** Folded words for a kind that go before the name: " thanh pho"; "" where none is said. */
  readonly kind: string;
  /** Whether the kind may be left aside where no unit of it bears the name. */
  readonly isLenient: boolean;
}

/** One way to read a search: the name of a unit, and of each of the units above it that are said what that may mean. */
export interface Reading extends NameReading {
  readonly above: readonly { readonly names: readonly NameReading[]; readonly code: string | null }[];
}

export interface Search {
  readonly readings: readonly Reading[];
  /** As a code, or the beginning of one. */
  readonly code: string | null;
}

/** The folded words of a search. @throws BadUserInput naming the argument, for none or too many of them. */
export const searchWords = (argument: string, search: string): string[] => {
  const words = wordsOf(search);
  if (words[0] === "") throw new BadUserInput(argument, search, "accepted is a text with a letter or a digit");
  if (search.length > MAX_SEARCH || words.length > MAX_WORDS)
    throw new BadUserInput(argument, search, `accepted are at most ${MAX_SEARCH} characters and ${MAX_WORDS} words`);
  return words;
};

/** A name, or a name and those of units above it, by commas: Hạ Long, Quảng Ninh. Names of agencies hold commas, too. */
export const searchOf = (search: string): Search => {
  const text = search.normalize("NFKC");
  const [name, ...above] = text.split(",").filter((part) => foldName(part) !== "");
  const whole = readingsOf(text).map((reading) => ({ ...reading, above: [] }));
  const parted =
    above.length === 0
      ? []
      : readingsOf(name!).map((reading) => ({ ...reading, above: above.map((part) => ({ names: readingsOf(part), code: codeOf(part) })) }));
  return { readings: [...whole, ...parted], code: codeOf(text) };
};

const wordsOf = (text: string): string[] => foldName(text).trim().split(" ");

/** What may stand around a code. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Of provinces and below; the country's; with a slash those of agencies. */
const codeOf = (text: string): string | null => {
  const code = text.replaceAll(AROUND, "").toLowerCase();
  if (code === "vn") return "VN";
  return /^\d{2,5}(?:\/[a-z0-9-]*)?$/.test(code) ? code : null;
};

/** Words that stand for a kind, at the start of a name. */
const KIND_WORDS: readonly (readonly [short: readonly string[], spelled: string])[] = [
  [["tp"], "thanh pho"],
  [["t", "p"], "thanh pho"],
  [["thanh", "pho"], "thanh pho"],
  [["tx"], "thi xa"],
  [["t", "x"], "thi xa"],
  [["thi", "xa"], "thi xa"],
  [["tt"], "thi tran"],
  [["t", "t"], "thi tran"],
  [["thi", "tran"], "thi tran"],
  [["dk"], "dac khu"],
  [["d", "k"], "dac khu"],
  [["dac", "khu"], "dac khu"],
  ...(["phuong", "quan", "huyen", "xa"] as const).flatMap((kind) => [[[kind[0]!], kind] as const, [[kind], kind] as const]),
  [["t"], "tinh"],
  [["tinh"], "tinh"],
];

/** An abbreviation and what it stands before, written together: tphcm, q1. */
const TOGETHER = /^(?:(?<city>tp)|(?<town>tx)|(?<township>tt)|(?<ward>p)(?=\d)|(?<district>q)(?=\d))(?<name>..+|\d)$/u;
const KIND_OF_TOGETHER: Readonly<Record<string, string>> = {
  ...{ city: "thanh pho", town: "thi xa", township: "thi tran", ward: "phuong", district: "quan" },
};

/** Names that are abbreviated so, and no others. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ["hcm", "ho chi minh"],
  ["hcmc", "ho chi minh"],
  ["hn", "ha noi"],
  ["sg", "sai gon"],
  ["tth", "thua thien hue"],
  ["tthue", "thua thien hue"],
  ["brvt", "ba ria vung tau"],
  ["bmt", "buon ma thuot"],
]);

/** An abbreviation of one letter is one for certain only with its full stop: P. Sài Gòn, but H Neng. */
const DOTTED = /^\s*\p{L}\s*\./u;

const readingsOf = (text: string): NameReading[] => {
  const words = wordsOf(text);
  const found: NameReading[] = [{ words, kind: "", isLenient: false }];
  for (const [short, spelled] of KIND_WORDS) {
    if (words.length <= short.length || !short.every((word, n) => words[n] === word)) continue;
    const isLenient = short.join("").length > 1 || DOTTED.test(text);
    found.push({ words: words.slice(short.length), kind: ` ${spelled}`, isLenient });
  }
  const { name, ...kinds } = TOGETHER.exec(words[0]!)?.groups ?? {};
  const together = Object.keys(kinds).find((kind) => kinds[kind] !== undefined);
  if (name !== undefined && together)
    found.push({ words: [name, ...words.slice(1)], kind: ` ${KIND_OF_TOGETHER[together]}`, isLenient: true });
  return [...found, ...found.flatMap(spelledOut)];
};

const spelledOut = (reading: NameReading): NameReading[] => {
  const words = reading.words.flatMap((word) => SHORT_NAMES.get(word)?.split(" ") ?? word);
  return words.length > reading.words.length ? [{ ...reading, words }] : [];
};
