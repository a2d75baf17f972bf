/** A question, and whether it is asked with the key of an ADMIN of the country. */
export interface Shape {
  readonly name: string;
  readonly query: string;
  readonly isKeyed?: boolean;
}

const DAY = "2025-12-31";
const OLD = "2024-12-31";
const many = (count: number, text: (n: number) => string): string => Array.from({ length: count }, (_, n) => `a${n}: ${text(n)}`).join(" ");
const at = (code: string, fields: string, day = DAY): string => `{ unit(code: "${code}", asOf: "${day}") { ${fields} } }`;
const month = (n: number): string => `2025-${String(1 + (n % 12)).padStart(2, "0")}`;

/** What the others are compared with: dossiers of each unit of the country. */
export const YARDSTICK: Shape = {
  name: "the whole country's tree",
  query: at(
    "VN",
    `dossiers(period: "2025") { received resolved } children { dossiers(period: "2025") { received resolved } children { dossiers(period: "2025") { received resolved } } }`,
  ),
};
/** What any question takes: reading it, answering it. Rates bound how often; it is not counted. */
export const FLOOR: Shape = { name: "one name", query: at("VN", "name") };

const PARTS: Readonly<Record<string, string>> = {
  coverage: "coverage { unitsExpected unitsCovered }",
  incomplete: "incomplete",
  sources: "sources { id }",
  byField: "byField { field { code } counts { received } }",
  byChannel: "byChannel { channel received }",
  averageWorkingDays: "averageWorkingDays",
  parts: "parts { unit { code } counts { received } }",
  reconciliation: "reconciliation { measure source { id } }",
  byTier: "byTier { rollup { received } }",
  rates: "onTimeRate { value low high coverage } onlineRate { value } bounds(measure: RECEIVED) { low high }",
};

const PLACES: readonly [string, string][] = [
  ["the country", "VN"],
  ["a province", "04"],
  ["a commune", "01273"],
];

const ofParts = Object.entries(PARTS).flatMap(([name, fields]) =>
  PLACES.map(([place, code]): Shape => {
    const isMany = place !== "the country";
    const rollup = (n: number) => `dossiers(period: "${month(n)}") { ${fields} }`;
    return { name: `${name} of ${place}${isMany ? " × 12" : ""}`, query: at(code, isMany ? many(12, rollup) : rollup(0)), isKeyed: true };
  }),
);

const series = (fields: string, period: string) => `dossiers(period: "${period}") { series(grain: MONTH) { ${fields} } }`;
const ofSeries = PLACES.flatMap(([place, code]): Shape[] => [
  { name: `series of ${place}, 12 months`, query: at(code, series("received", "2025")) },
  { name: `series of ${place}, 132 months`, query: at(code, series("received", "2015/2025")) },
  { name: `coverage of ${place}, 12 months`, query: at(code, series(PARTS["coverage"]!, "2025")) },
]);

const ofUnits = PLACES.flatMap(([place, code]): Shape[] => [
  {
    name: `form06 of ${place} × 10`,
    query: at(
      code,
      many(10, (n) => `form06(period: "${month(n)}") { total { toHandle } rows { toHandle } }`),
    ),
    isKeyed: true,
  },
  {
    name: `serviceQuality of ${place} × 10`,
    query: at(
      code,
      many(10, (n) => `serviceQuality(period: "${month(n)}") { score criteria { rate { value } } }`),
    ),
  },
]);

const LISTS: readonly Shape[] = [
  { name: "search × 5", query: `{ ${many(5, (n) => `units(search: "ph${"uaeio"[n]}", first: 5) { nodes { name } }`)} }` },
  {
    name: "search of 2024 × 5",
    query: `{ ${many(5, (n) => `units(search: "ph${"uaeio"[n]}", asOf: "${OLD}", first: 5) { nodes { name } }`)} }`,
  },
  { name: "number of units × 10", query: `{ ${many(10, (n) => `units(asOf: "2025-12-${10 + n}", first: 1) { totalCount }`)} }` },
  { name: "number of units of 2024 × 5", query: `{ ${many(5, (n) => `units(asOf: "2024-12-${10 + n}", first: 1) { totalCount }`)} }` },
  {
    name: "number of units below",
    query: at(
      "VN",
      many(5, () => "descendants(first: 1) { totalCount }"),
    ),
  },
  { name: "pages of units", query: `{ units(first: 1000) { nodes { name fullName code } } }` },
  {
    name: "number of dossiers × 12",
    query: `{ ${many(12, (n) => `dossiers(filter: { received: "${month(n)}" }, first: 1) { totalCount }`)} }`,
    isKeyed: true,
  },
  {
    name: "dossiers of a page",
    query: "{ dossiers(filter: {}, first: 500) { nodes { code state procedure { name } unit { name } } } }",
    isKeyed: true,
  },
  { name: "number of changes × 12", query: `{ ${many(12, () => 'auditTrail(unit: "VN", first: 1) { totalCount }')} }`, isKeyed: true },
  {
    name: "procedures × 5",
    query: `{ ${many(5, (n) => `procedures(search: "d${"aeiou"[n]}", first: 20) { totalCount nodes { name } }`)} }`,
  },
  { name: "reports", query: '{ reports(unit: "VN", first: 20) { totalCount nodes { title } } }' },
];

const OTHERS: readonly Shape[] = [
  { name: "a new run of days", query: at("04", 'dossiers(period: "1931-02-15/2025-11-14") { received }') },
  { name: "predecessors of the provinces", query: at("VN", "children { predecessors { unit { children { name } } } }") },
  { name: "where today's communes come from", query: at("04", `children { correspondence(on: "${OLD}") { unit { name } certain } }`) },
  { name: "tasks of the country", query: at("VN", 'tasks(period: "2025") { total incomplete coverage { unitsCovered } sources { id } }') },
  { name: "indicators of the provinces", query: at("VN", 'children { indicators(period: "2025") { rate { value } } }') },
  { name: "coverage of every province", query: at("VN", `children { dossiers(period: "2025") { ${PARTS["coverage"]} } }`) },
  {
    name: "coverage of every commune of a province",
    query: at("04", `children { dossiers(period: "2025") { ${PARTS["coverage"]} incomplete } }`),
  },
  {
    name: "the schema, as tools ask",
    query:
      "{ __schema { types { name description fields { name description args { name type { name kind ofType { name kind ofType { name kind } } } } type { name kind ofType { name kind ofType { name } } } } enumValues { name description } } } }",
  },
  {
    name: "the schema, multiplied",
    query: `{ __schema { types { ${many(4, () => "fields { type { ...T ofType { ...T } } }")} } } } fragment T on __Type { ${many(4, () => "fields { name description }")} }`,
  },
];

export const SHAPES: readonly Shape[] = [...ofParts, ...ofSeries, ...ofUnits, ...LISTS, ...OTHERS];
