/** Two questions of one roll-up, each of other parts, also within lists and what lists hold. */
const of = (selection: string) => `
  query Asked { unit(code: "048", asOf: "2022-12-31") { id asOf dossiers(period: "2022") { ${selection} } } }`;

export const PAIRS: readonly (readonly [what: string, first: string, second: string])[] = [
  ["a rate", of("onTimeRate { value }"), of("onTimeRate { numerator }")],
  ["bounds", of("bounds(measure: RECEIVED) { low }"), of("bounds(measure: RECEIVED) { high }")],
  ["coverage", of("coverage { unitsExpected }"), of("coverage { unitsCovered }")],
  ["a list", of("byTier { tier }"), of("byTier { rollup { received } }")],
  ["rates within a list", of("byTier { rollup { onTimeRate { value } } }"), of("byTier { rollup { onTimeRate { low } } }")],
  ["points of a series", of("series(grain: QUARTER) { period received }"), of("series(grain: QUARTER) { onTimeRate { value } }")],
  ["sources, which have an id", of("sources { id title }"), of("sources { id kind }")],
];

export const BY_CODE = `query ByCode { unit(code: "048", asOf: "2022-12-31") { id asOf fullName } }`;
export const byId = (id: string): string => `query ById { unit(id: ${JSON.stringify(id)}, asOf: "2022-12-31") { id asOf fullName } }`;
export const TODAY_BY_CODE = `query ByCode { unit(code: "04") { id asOf fullName } }`;
export const todayById = (id: string): string => `query ById { unit(id: ${JSON.stringify(id)}) { id asOf fullName } }`;
/** A unit that is no more, whose day is its last one. */
export const ENDED = 'query Ended { unit(id: "048.2015") { id asOf fullName } }';

export interface UnitAnswer {
  readonly unit: { readonly id: string; readonly asOf: string; readonly fullName: string };
}
