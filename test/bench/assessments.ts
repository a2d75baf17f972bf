import { sql } from "kysely";
import "../../src/records.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { Database } from "../../src/database/database.ts";
import { withDatabase } from "./ledger-fill.ts";
import { NODE_FLAGS, startProcess, withDataDir } from "./process.ts";

const ROUNDS = 12;
/** For each question about all communes. */
const MOST_MS = 1000;
const MANUAL = 35;
const COMPUTED = ["dossier-on-time", "dossier-online", "dossier-overdue", "dossier-on-time-handled", "task-on-time"];

/** Projections in a block of all communes of the country, each with forty criteria of which five are computed. */
export const benchAssessments = () =>
  withDataDir(async (dataDir) => {
    const { key, communes } = await withDatabase(dataDir, async (database) => {
      await loadSeeds(database.orm.em.fork());
      return { key: await keyOf(database), communes: await communesOf(database) };
    });
    const env = { DATA_DIR: dataDir, PORT: "0", WARM_UP: "off", NODE_ENV: "production", RATE_KEY: "100000000", MAX_COST: "10000000" };
    const service = await startProcess("node", [...NODE_FLAGS, "src/main.ts"], env);
    try {
      const ask = asking(service.url, key);
      const { cycle, sheet, criterion } = await openedBlock(ask, communes);
      await withDatabase(dataDir, scoreHalf);
      const questions: Readonly<Record<string, string>> = {
        "its projection, with best and worst place": `{ scoreSheet(id: "${sheet}") { projected { total low high bestRank worstRank } } }`,
        "what if, with places": `{ scoreSheet(id: "${sheet}") { whatIf(changes: [{ criterion: "${criterion}", points: 1 }]) { total bestRank worstRank } } }`,
        "standings of all": `{ assessmentCycle(id: "${cycle}") { standings { rank bestRank worstRank total } } }`,
        "total and scaled of all sheets": `{ assessmentCycle(id: "${cycle}") { sheets { total scaled } } }`,
        "one sheet's items, without a projection": `{ scoreSheet(id: "${sheet}") { items { finalScore } } }`,
      };
      const times = new Map(Object.keys(questions).map((name) => [name, [] as number[]]));
      for (let round = 0; round < ROUNDS; round++)
        for (const [name, question] of Object.entries(questions)) {
          const start = performance.now();
          await ask(question);
          times.get(name)!.push(performance.now() - start);
        }
      console.log(`${communes.length} members, ${MANUAL + COMPUTED.length} criteria each:`);
      for (const [name, all] of times) console.log(`${median(all).toFixed(0).padStart(6)} ms  ${name}`);
      if ([...times.values()].some((all) => median(all) > MOST_MS)) process.exitCode = 1;
    } finally {
      await service.stop();
    }
  });

type Ask = (query: string, variables?: object) => Promise<Record<string, Record<string, unknown>>>;

const asking =
  (url: string, key: string): Ask =>
  async (query, variables = {}) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await response.json()) as { data: Record<string, Record<string, unknown>>; errors?: { message: string }[] };
    if (errors) throw new Error(errors[0]!.message);
    return data;
  };

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const keyOf = ({ orm }: Database): Promise<string> =>
  orm.em.fork().transactional(async (em) => {
    const keeper = await commandKeeper(em, "bench");
    return (await createAccessKey(em, keeper, { name: "bench", grants: [{ unit: "VN", role: "ADMIN" }], expiresOn: null }, new Date()))
      .secret;
  });

const communesOf = async ({ orm }: Database): Promise<string[]> => {
  const { rows } = await sql<{
    code: string;
  }>`select code from unit_version where tier = 'COMMUNE' and valid_to is null order by code`.execute(orm.em.fork().getKysely());
  return rows.map(({ code }) => code);
};

const openedBlock = async (ask: Ask, members: readonly string[]) => {
  const criteria = [
    { code: "1", name: "Tự chấm", maxScore: MANUAL },
    ...Array.from({ length: MANUAL }, (_, n) => ({ code: `1.${n + 1}`, name: `Tiêu chí ${n + 1}`, maxScore: 1, scoring: "MANUAL" })),
    { code: "2", name: "Tính từ hồ sơ", maxScore: 100 - MANUAL },
    ...COMPUTED.map((indicator, n) => ({
      ...{ code: `2.${n + 1}`, name: indicator, maxScore: (100 - MANUAL) / COMPUTED.length, scoring: "INDICATOR", indicator },
      steps: [
        { from: 0, points: 0, shape: "LINEAR" },
        { from: 1, points: 10 },
      ],
    })),
  ];
  const rubric = {
    ...{ organiser: "VN", index: "PAR", block: "COMMUNES", blockName: "Khối xã", year: 2026, name: "Bộ tiêu chí", maxScore: 100, criteria },
    bands: [{ classification: "TOT" }],
  };
  const made = await ask("mutation ($input: RubricInput!) { createRubric(input: $input) { rubric { id } problems { message } } }", {
    input: rubric,
  });
  const { id } = made["createRubric"]!["rubric"] as { id: string };
  await ask(`mutation { publishRubric(input: { rubric: "${id}" }) { rubric { id } } }`);
  const input = { rubric: id, period: "2026", members };
  const opened = await ask(
    "mutation ($input: OpenAssessmentCycleInput!) { openAssessmentCycle(input: $input) { cycle { id sheets { id } } problems { message } } }",
    { input },
  );
  const cycle = opened["openAssessmentCycle"]!["cycle"] as { id: string; sheets: { id: string }[] };
  const found = await ask(`{ rubric(id: "${id}") { domains { children { id } } } }`);
  const [{ children }] = found["rubric"]!["domains"] as [{ children: { id: string }[] }];
  return { cycle: cycle.id, sheet: cycle.sheets[0]!.id, criterion: children[0]!.id };
};

/** Appraisals of every other leaf. */
const scoreHalf = async ({ orm }: Database): Promise<void> => {
  await sql`update score_item set first = (sheet_id * 7919 + position * 104729) % 100 where (sheet_id + position) % 2 = 0 and position < ${MANUAL + 2}::int`.execute(
    orm.em.fork().getKysely(),
  );
};
