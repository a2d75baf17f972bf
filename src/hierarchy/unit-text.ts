import { isText } from "../lib/text.ts";
import type { Day } from "../lib/time/date.ts";
import type { Tier, UnitKind } from "./unit.entity.ts";

/** A rule for texts: returns null if the text is valid, or the requirement. */
type Rule = (text: string) => string | null;

const MARKED = "àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";
const LETTERS = `A-Za-z${MARKED}${MARKED.toUpperCase()}`;
const WORD = `(?:[${LETTERS}]+(?:['.-][${LETTERS}]+)*'?|[1-9]\\d?)`;
const NAME = new RegExp(`^${WORD}(?: (?:- )?${WORD})*$`);
const NUMBER = /^[1-9]\d?$/;
const ENGLISH = /^(?! )(?:[A-Za-z0-9'.-]| (?! |$))+$/;
const AGENCY_NAME = new RegExp(`^[${LETTERS}0-9 .,;:'"’“”()/&+–-]+$`);
const LONGEST_NAME = 100;
export const LONGEST_AGENCY_NAME = 150;
const LONGEST_REMARK = 500;

interface KindRule {
  readonly tier: Tier;
  readonly word: string;
  readonly until?: Day;
  readonly since?: Day;
  /** Some units had a number as a name before the reform. */
  readonly mayBeNumbered?: boolean;
}

/** Districts were abolished, and communes began with new codes. */
const REFORM: Day = "2025-07-01";

export const KINDS: Readonly<Partial<Record<UnitKind, KindRule>>> = {
  PROVINCE: { tier: "PROVINCE", word: "Tỉnh" },
  CENTRAL_CITY: { tier: "PROVINCE", word: "Thành phố" },
  RURAL_DISTRICT: { tier: "DISTRICT", word: "Huyện", until: REFORM },
  URBAN_DISTRICT: { tier: "DISTRICT", word: "Quận", until: REFORM, mayBeNumbered: true },
  TOWN: { tier: "DISTRICT", word: "Thị xã", until: REFORM },
  PROVINCIAL_CITY: { tier: "DISTRICT", word: "Thành phố", until: REFORM },
  COMMUNE: { tier: "COMMUNE", word: "Xã" },
  WARD: { tier: "COMMUNE", word: "Phường", mayBeNumbered: true },
  TOWNSHIP: { tier: "COMMUNE", word: "Thị trấn", until: REFORM },
  SPECIAL_ZONE: { tier: "COMMUNE", word: "Đặc khu", since: REFORM },
};

const CODES = {
  COUNTRY: { pattern: /^VN$/, accepted: "VN" },
  PROVINCE: { pattern: /^\d{2}$/, accepted: "2 digits" },
  DISTRICT: { pattern: /^\d{3}$/, accepted: "3 digits" },
  COMMUNE: { pattern: /^\d{5}$/, accepted: "5 digits" },
} as const satisfies Record<Tier, unknown>;

const example = { COUNTRY: "VN", PROVINCE: "04", DISTRICT: "048", COMMUNE: "01558" } as const satisfies Record<Tier, string>;

export const codeOf =
  (tier: Tier): Rule =>
  (text) =>
    CODES[tier].pattern.test(text) ? null : `must be, for the tier ${tier}, ${CODES[tier].accepted}, such as ${example[tier]}`;

/** The unit's first code and first year, and a number if that id exists: 01843.2025, 01843.2025-2. */
export const idOf =
  (tier: Tier): Rule =>
  (text) => {
    const [, code, year] = /^([^.]*)\.(\d{4})(?:-[2-9])?$/.exec(text) ?? [];
    if (tier === "COUNTRY" ? text === "VN" : code !== undefined && CODES[tier].pattern.test(code) && year! >= "2015") return null;
    if (tier === "COUNTRY") return "must be VN for the country";
    return `must be, for the tier ${tier}, ${CODES[tier].accepted}, a full stop and the first year, such as ${example[tier]}.2025, with -2 if that id exists`;
  };

/** Names the first invalid character by its code point, because most of these are invisible or look like another. */
const strange = (text: string, accepted: RegExp): string => {
  const found = [...text].find((character) => !accepted.test(character));
  return found === undefined ? "" : `holds ${numberOf(found)}; `;
};
const numberOf = (character: string) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

const NAME_CHARACTER = new RegExp(`[${LETTERS}0-9 '.-]`);
const AGENCY_CHARACTER = new RegExp(AGENCY_NAME.source);
const ACCEPTED_NAME = "Vietnamese letters in NFC and numbers from 1 to 99, with single spaces between words and ' . - within";

/** A name without the word for its kind, for a version that begins on the day. */
export const nameOf =
  (kind: UnitKind, from: Day): Rule =>
  (text) => {
    if (!NAME.test(text) || text.length > LONGEST_NAME)
      return `${strange(text, NAME_CHARACTER)}must have at most ${LONGEST_NAME} characters: ${ACCEPTED_NAME}`;
    if (!NUMBER.test(text) || (KINDS[kind]?.mayBeNumbered && from < REFORM)) return null;
    return `must be a name with letters; only wards and urban districts had numbers as names, until ${REFORM}`;
  };

export const fullNameOf: Rule = (text) =>
  NAME.test(text) && text.length <= LONGEST_NAME
    ? null
    : `${strange(text, NAME_CHARACTER)}must have at most ${LONGEST_NAME} characters: ${ACCEPTED_NAME}`;

/** The word for the kind and the name; for the country any text that ends with its name. */
export const fullNameFor =
  (kind: UnitKind, name: string): Rule =>
  (text) => {
    const rule = KINDS[kind];
    if (rule) return text === `${rule.word} ${name}` ? null : `must be, for ${kind}, "${rule.word} ${name}"`;
    return text.endsWith(name) ? null : `must be a text that ends with the name "${name}"`;
  };

export const englishNameOf: Rule = (text) =>
  ENGLISH.test(text) && text.length <= LONGEST_NAME
    ? null
    : `${strange(text, /[A-Za-z0-9 '.-]/)}must be the name without diacritics, or nothing: letters A to Z, numbers, single blanks and ' . -`;

export const remarkOf: Rule = (text) =>
  isText(text, LONGEST_REMARK) && isTidy(text)
    ? null
    : `${strange(text, /[^\p{C}\p{Z}]| /u)}must have at most ${LONGEST_REMARK} characters in NFC, with single blanks between words and no invisible characters`;

/** Requires NFC, single spaces between words, no outer spaces and no invisible characters. */
const isTidy = (text: string): boolean => text === text.normalize("NFC") && !/^ | $| {2}|(?! )[\p{C}\p{Z}]/u.test(text);

export const agencyNameOf: Rule = (text) =>
  AGENCY_NAME.test(text) && isTidy(text) && /[\p{L}\p{N}]/u.test(text) && text.length <= LONGEST_AGENCY_NAME
    ? null
    : `${strange(text, AGENCY_CHARACTER)}must be a name of at most ${LONGEST_AGENCY_NAME} characters with a letter or a digit: Vietnamese letters in NFC, digits, single spaces between words and . , ; : ' " ( ) / & + -`;

export const shareOf: Rule = (text) =>
  /^(?:0\.\d{1,9}|1(?:\.0{1,9})?)$/.test(text) && Number(text) > 0
    ? null
    : "is not a share; must be a decimal number above 0 and at most 1, such as 0.25";

export const kindOf =
  (tier: Tier, from: Day): Rule =>
  (text) => {
    const accepted = tier === "COUNTRY" ? ["COUNTRY"] : kindsOf(tier, from);
    if (accepted.includes(text)) return null;
    return `must be, for the tier ${tier} from ${from} on, ${accepted.length > 0 ? accepted.join(", ") : "nothing"}`;
  };

const kindsOf = (tier: Tier, from: Day): string[] =>
  Object.entries(KINDS).flatMap(([kind, { tier: own, since, until }]) =>
    own === tier && (since === undefined || from >= since) && (until === undefined || from < until) ? [kind] : [],
  );
