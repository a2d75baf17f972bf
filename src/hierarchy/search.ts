import { BadUserInput } from "../lib/errors.ts";
import { foldName } from "./fold.ts";

/** The limit exists because every word is compared with every name. */
const MAX_SEARCH = 200;
const MAX_WORDS = 12;

export interface NameReading {
  readonly words: readonly string[];
  /** Folded words of a kind before the name, such as " thanh pho"; "" if the text has none. */
  readonly kind: string;
  /** True if the kind may be ignored when no unit of that kind has the name. */
  readonly isLenient: boolean;
}

/** One interpretation of a search: the name of a unit and of each ancestor that the search mentions. */
export interface Reading extends NameReading {
  readonly above: readonly { readonly names: readonly NameReading[]; readonly code: string | null }[];
}

export interface Search {
  readonly readings: readonly Reading[];
  readonly code: string | null;
}

/** Folds the words of a search. @throws BadUserInput naming the argument if there are none or too many. */
export const searchWords = (argument: string, search: string): string[] => {
  const words = wordsOf(search);
  if (words[0] === "") throw new BadUserInput(argument, search, "must be a text with a letter or a digit");
  if (search.length > MAX_SEARCH || words.length > MAX_WORDS)
    throw new BadUserInput(argument, search, `must have at most ${MAX_SEARCH} characters and ${MAX_WORDS} words`);
  return words;
};

/** Reads a name, or a name and names of ancestors separated by commas: Hạ Long, Quảng Ninh. Names of agencies may contain commas, too. */
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

const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** Recognises codes of provinces and lower units, of the country, and of agencies (with a slash). */
const codeOf = (text: string): string | null => {
  const code = text.replaceAll(AROUND, "").toLowerCase();
  if (code === "vn") return "VN";
  return /^\d{2,5}(?:\/[a-z0-9-]*)?$/.test(code) ? code : null;
};

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

/** An abbreviation joined to its name: tphcm, q1. */
const TOGETHER = /^(?:(?<city>tp)|(?<town>tx)|(?<township>tt)|(?<ward>p)(?=\d)|(?<district>q)(?=\d))(?<name>..+|\d)$/u;
const KIND_OF_TOGETHER: Readonly<Record<string, string>> = {
  ...{ city: "thanh pho", town: "thi xa", township: "thi tran", ward: "phuong", district: "quan" },
};

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

/** A one-letter abbreviation is certain only with its full stop: P. Sài Gòn, but H Neng. */
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
