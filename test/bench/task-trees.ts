import { sql } from "kysely";
import { fillDemo } from "../../seeds/demo/fill.ts";
import { loadSeeds } from "../../seeds/seed.ts";
import { commandKeeper, createAccessKey } from "../../src/administration/access-key.service.ts";
import type { Database } from "../../src/database/database.ts";
import { withDatabase } from "./ledger-fill.ts";
import { inTurn, ratio, type Service, spread, startService, timed, withDataDir } from "./process.ts";
import { AS_OF, PERIOD, TREES } from "./trees.ts";

/** How much longer the tree of the country may take with tasks than with dossiers alone. */
const MOST = 1.3;

const TASKS = "tasks(period: $period) { total onTime overdue runningOverdue onTimeRate { value coverage } }";
const { code, warmUps, runs, query } = TREES["the whole country's tree"];

/** The tree of the country over the demo, in turn without and with tasks, as its VIEWER asks for it. */
export const benchTaskTrees = (scale: number) =>
  withDataDir(async (dataDir) => {
    const key = await withDatabase(dataDir, async (database) => {
      await loadSeeds(database.orm.em.fork());
      await fillDemo(database, { say: () => {}, scale });
      await sql`vacuum analyze`.execute(database.orm.em.fork().getKysely());
      return viewerOf(database);
    });
    const service = await startService(dataDir);
    try {
      const trees = [query, query.replaceAll("dossiers(", `${TASKS} dossiers(`)];
      const asked = trees.map((text) => () => timed(() => ask(service, key, text)));
      const [dossiers, both] = await inTurn(asked, { warmUps, runs });
      const times = ratio(both!, dossiers!);
      console.log(
        `the country's tree with dossiers: ${spread(dossiers!)}; with tasks, too: ${spread(both!)}, ${times} times (limit ${MOST})`,
      );
      if (Number(times) > MOST) process.exitCode = 1;
    } finally {
      await service.stop();
    }
  });

const viewerOf = ({ orm }: Database): Promise<string> =>
  orm.em.fork().transactional(async (em) => {
    const keeper = await commandKeeper(em, "bench");
    return (await createAccessKey(em, keeper, { name: "bench", grants: [{ unit: "VN", role: "VIEWER" }], expiresOn: null }, new Date()))
      .secret;
  });

const ask = async ({ url }: Service, key: string, text: string): Promise<string> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "accept-encoding": "identity", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: text, variables: { code, asOf: AS_OF, period: PERIOD } }),
  });
  const answer = await response.text();
  if (!answer.includes('"data"') || answer.includes('"errors"')) throw new Error(answer.slice(0, 500));
  return answer;
};
