import { type Answered, timed } from "./process.ts";

/** The edition and the year that trees of dossiers are asked for: of today's units, over the reform. */
export const AS_OF = "2026-11-15";
export const PERIOD = "2025";

const DOSSIERS =
  "dossiers(period: $period) { received resolved resolvedEarly resolvedOnTime resolvedOverdue inProcess onTimeRate { value coverage } }";
const UNIT = `id code fullName ${DOSSIERS}`;

/** What is asked of records, by how much of the country it is, and how often: first until what compiles a program while it runs has settled. */
export const TREES = {
  "one unit's year": {
    ...{ code: "01660", warmUps: 500, runs: 200 },
    query: `query($code: ID!, $asOf: Date!, $period: Period!) { unit(code: $code, asOf: $asOf) { ${UNIT} } }`,
  },
  "one province's tree": {
    ...{ code: "04", warmUps: 200, runs: 100 },
    query: `query($code: ID!, $asOf: Date!, $period: Period!) { unit(code: $code, asOf: $asOf) { ${UNIT} children { ${UNIT} } } }`,
  },
  "the whole country's tree": {
    ...{ code: "VN", warmUps: 20, runs: 25 },
    query: `query($code: ID!, $asOf: Date!, $period: Period!) { unit(code: $code, asOf: $asOf) { ${UNIT} children { ${UNIT} children { ${UNIT} } } } }`,
  },
} as const;
export type Tree = keyof typeof TREES;

export const bodyOf = (tree: Tree, asOf = AS_OF): string =>
  JSON.stringify({ query: TREES[tree].query, variables: { code: TREES[tree].code, asOf, period: PERIOD } });

/** Without compression, which neither the floors nor others do. */
export const askFor = async (url: string, body: string): Promise<string> =>
  (await fetch(url, { method: "POST", headers: { "content-type": "application/json", "accept-encoding": "identity" }, body })).text();

/** What asks, as one client. @throws where the answer is not data alone. */
export const asking = (url: string, body: string) => async (): Promise<Answered> => {
  const { ms, answer } = await timed(() => askFor(url, body));
  if (!answer.includes('"data"') || answer.includes('"errors"')) throw new Error(answer.slice(0, 500));
  return { ms, answer };
};
