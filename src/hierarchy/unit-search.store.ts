import { type RawBuilder, sql } from "kysely";
import { type NameReading, type Search, searchOf } from "./search.ts";
import { TIERS } from "./unit.entity.ts";
import { relation } from "../database/relation.ts";

/** How well a name matches, best first: equal, prefix, all words. Only if none match: words written together, then another kind. */
const FITS = {
  EXACT: 0,
  PREFIX: 1,
  WORDS: 2,
  TOGETHER: 3,
  TOGETHER_PREFIX: 4,
  TOGETHER_WORDS: 5,
  OTHER_KIND: 6,
  OTHER_KIND_WORDS: 7,
} as const;
const fit = (name: keyof typeof FITS) => sql.lit(FITS[name]);

/** Within a match quality, units are ordered by tier, and present names precede former ones. */
const OF_A_FIT = 2 * (TIERS.length + 1);

/** Shorter words are not matched across word boundaries. */
const LEAST_TOGETHER = 4;

/** A list of lists is sent as the text of a PostgreSQL array. */
export const arrayText = (values: readonly string[] | null): string | null =>
  values && `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join()}}`;

interface PlacedReading extends NameReading {
  /** Positions of list, reading and ancestor, each from 1; 0 for the unit itself. */
  readonly i: number;
  readonly reading: number;
  readonly part: number;
  readonly parts: number;
  readonly code: string | null;
}

const placedReadings = (search: Search | null, n: number): PlacedReading[] =>
  (search?.readings ?? []).flatMap(({ above, ...own }, at) => {
    const place = { i: n + 1, reading: at + 1, parts: above.length };
    return [
      { ...place, ...own, part: 0, code: null },
      ...above.flatMap(({ names, code }, part) => names.map((name) => ({ ...place, ...name, part: part + 1, code }))),
    ];
  });

const phraseOf = ({ words }: NameReading) => words.map((word) => ` ${word}`).join("");
/** A pattern that allows spaces between the letters of the words. */
const loosely = ({ kind, words }: NameReading) => kind + words.map((word) => ` ${[...word].join(" ?")}`).join("");
const togetherOf = ({ words }: NameReading) => {
  const letters = words.join("");
  return letters.length < LEAST_TOGETHER ? "" : letters;
};
const longestOf = ({ words }: NameReading) => words.reduce((longest, word) => (word.length > longest.length ? word : longest));

const readings = (searches: readonly (Search | null)[]): RawBuilder<unknown> => {
  const all = searches.flatMap(placedReadings);
  return sql`
    r as materialized (
      select i, reading, part, parts, code, kind, kind || phrase as full_phrase, phrase, words::text[] as words, loosely, is_lenient,
        '% ' || longest || '%' as has_longest, '%' || nullif(letters, '') || '%' as has_together, replace(kind || phrase, ' ', '') as together
      from ${relation("r", all, {
        i: ["int", ({ i }) => i],
        reading: ["int", ({ reading }) => reading],
        part: ["int", ({ part }) => part],
        parts: ["int", ({ parts }) => parts],
        code: ["text", ({ code }) => code],
        kind: ["text", ({ kind }) => kind],
        phrase: ["text", phraseOf],
        words: ["text", ({ words }) => arrayText(words)],
        loosely: ["text", loosely],
        is_lenient: ["boolean", ({ isLenient }) => isLenient],
        longest: ["text", longestOf],
        letters: ["text", togetherOf],
      })}
    )`;
};

const hasWords = sql`not exists (select from unnest(r.words) w(word) where n.words not like '% ' || w.word || '%')`;
/** The name to compare: including its kind if the search has one. */
const compared = sql`case when r.kind = '' then n.words else n.full_words end`;

const fitOfName = sql`case
    when n.full_words = r.full_phrase or (r.kind = '' and n.words = r.phrase) then ${fit("EXACT")}
    when starts_with(n.full_words, r.full_phrase) or (r.kind = '' and starts_with(n.words, r.phrase)) then ${fit("PREFIX")}
    when starts_with(n.full_words, r.kind || ' ') and ${hasWords} or n.full_words || ' ' like '%' || r.full_phrase || '%' then ${fit("WORDS")}
    when r.has_together is not null and replace(${compared}, ' ', '') = r.together then ${fit("TOGETHER")}
    when r.has_together is null or replace(${compared}, ' ', '') not like '%' || r.together || '%' or ${compared} !~ r.loosely then
      case when not r.is_lenient then null when n.words = r.phrase then ${fit("OTHER_KIND")} when ${hasWords} then ${fit("OTHER_KIND_WORDS")} end
    when ${compared} ~ ('^' || r.loosely) then ${fit("TOGETHER_PREFIX")}
    else ${fit("TOGETHER_WORDS")} end`;

/** Relation `lying_below` (i, reading, unit_id): candidates whose ancestors match all other parts of the search. */
const lyingBelow = (validOn: (day: RawBuilder<unknown>) => RawBuilder<unknown>) => sql`
  up as (
    select distinct c.i, c.unit_id, v.parent_id as above_id from candidate c
    join unit_version v on v.unit_id = c.unit_id and v.valid_from = c.valid_from where c.parts > 0
    union
    select u.i, u.unit_id, v.parent_id from up u join k on k.i = u.i join unit_version v on v.unit_id = u.above_id and ${validOn(sql`k.day`)}
  ),
  said_above as materialized (
    select i, reading, part, unit_id from named where part > 0 and fit is not null
    union
    select r.i, r.reading, r.part, v.unit_id from r join k on k.i = r.i join unit_version v on v.code = r.code and ${validOn(sql`k.day`)} where r.part > 0
  ),
  lying_below as (
    select c.i, c.reading, c.unit_id from (select distinct i, reading, parts, unit_id from candidate where parts > 0) c
    join up u on u.i = c.i and u.unit_id = c.unit_id
    join said_above a on a.i = c.i and a.reading = c.reading and a.unit_id = u.above_id
    group by c.i, c.reading, c.parts, c.unit_id having count(distinct a.part) = c.parts
  )`;

/**
 * From keys `k` (i, day) and units `placed` (i, unit_id, valid_from): relation `found` (i, unit_id, valid_from, fit, is_former, name), the names that match the searches;
 * name is null for a match by code.
 */
export const foundUnits = (
  texts: readonly (string | null)[],
  validOn: (day: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const searches = texts.map((text) => (text === null ? null : searchOf(text)));
  const codes = searches.flatMap((search, n) => (search?.code ? [{ i: n + 1, code: search.code }] : []));
  return sql`
    ${readings(searches)},
    named as materialized (
      select r.i, r.reading, r.part, r.parts, n.unit_id, n.full_name, n.known_from, coalesce(n.own_until <= k.day, false) as is_former, ${fitOfName} as fit
      from r join k on k.i = r.i join unit_name n on n.known_from <= k.day
        and (n.full_words like r.has_longest or replace(n.full_words, ' ', '') like r.has_together)
    ),
    candidate as materialized (
      select h.*, p.valid_from from named h join placed p on p.i = h.i and p.unit_id = h.unit_id where h.part = 0 and h.fit is not null
    ),
    ${lyingBelow(validOn)},
    coded as (
      select p.i, p.unit_id, p.valid_from, case when v.code = q.code then ${fit("EXACT")} else ${fit("PREFIX")} end as fit
      from ${relation("q", codes, { i: ["int", ({ i }) => i], code: ["text", ({ code }) => code] })} join placed p on p.i = q.i
      join unit_version v on v.unit_id = p.unit_id and v.valid_from = p.valid_from
      where v.code = q.code or (length(q.code) > 2 and starts_with(v.code, q.code))
    ),
    found as materialized (
      select distinct on (i, unit_id) i, unit_id, valid_from, fit, is_former, name from (
        select c.i, c.unit_id, c.valid_from, c.fit, c.is_former, c.full_name as name, c.known_from from candidate c
        where c.parts = 0 or (c.i, c.reading, c.unit_id) in (select i, reading, unit_id from lying_below)
        union all
        select i, unit_id, valid_from, fit, false, null, null from coded
      ) either order by i, unit_id, fit, is_former, known_from desc nulls first, name
    )`;
};

/** Rank of a unit in `found` with version `v`, before the order of codes. */
export const rankOfFound = sql`found.fit * ${sql.lit(OF_A_FIT)} + 2 * (coalesce(array_position(${[...TIERS]}::text[], v.tier), ${TIERS.length + 1}::int) - 1)
  + found.is_former::int`;

/** From this rank on, units are found only if no other matches: by words written together, and by another kind. */
export const FALLBACK_RANKS = [FITS.TOGETHER * OF_A_FIT, FITS.OTHER_KIND * OF_A_FIT] as const;
