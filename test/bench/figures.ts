import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../src/database/database.ts";
import { startEmbedded } from "../../src/database/embedded/embedded.ts";
import { startServer } from "../../src/server/server.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { statementsOf } from "../support/statements.ts";
import { fillCommunes } from "../support/synthetic.ts";
import { AS_OF, PERIOD } from "./floor.ts";
import { throughput } from "./load.ts";
import { inTurn, median, NODE_FLAGS, ratio, type Service, spread, startProcess, startService, withDataDir } from "./process.ts";
import { asking } from "./trees.ts";

/** Until what compiles a program while it runs has settled. */
const WARM_UPS = 20;
const RUNS = 25;
const FLOOR = new URL("floor.ts", import.meta.url);
const COUNTRY = new URL("../support/country.graphql", import.meta.url);

const startFloor = (dataDir: string) => startProcess("node", [...NODE_FLAGS, fileURLToPath(FLOOR), dataDir], {});

const ONE_UNIT =
  '{ unit(code: "00001", asOf: "2025-06-30") { fullName dossiers(period: "2024") { received onTimeRate { value low high } } } }';
const ROUNDS = 5;
const SECONDS = 4;

/** What 64 clients get of one unit's roll-up, and of a bare handler with as many statements, in turn. */
const compareThroughput = async (service: Service, dataDir: string): Promise<void> => {
  const body = JSON.stringify({ query: ONE_UNIT });
  const statements = await statementsOfOne(dataDir, body);
  const embedded = await startEmbedded(dataDir);
  const bare = await startProcess(
    "node",
    [...NODE_FLAGS, fileURLToPath(new URL("bare.ts", import.meta.url)), embedded.url, String(statements)],
    {},
  );
  try {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = -1; round < ROUNDS; round++) {
      const [one, other] = [await throughput(service.url, body, SECONDS), await throughput(bare.url, body, SECONDS)];
      if (round < 0) continue;
      ours.push(one);
      theirs.push(other);
    }
    console.log(`64 clients asking one unit's roll-up (${statements} statements): median ${median(ours).toFixed(0)} answers a second`);
    console.log(`a bare handler with as many statements: median ${median(theirs).toFixed(0)} answers a second`);
    console.log(`ratio ${(median(ours) / median(theirs)).toFixed(2)} (at least 0.5), of ${ROUNDS} rounds of ${SECONDS} s in turn`);
  } finally {
    await bare.stop();
    await embedded.stop();
  }
};

/** How many statements the question takes once what is made on first asking is made. */
const statementsOfOne = async (dataDir: string, body: string): Promise<number> => {
  const database = await openDatabase({ databaseUrl: null, dataDir });
  const server = await startServer(() => database.pools, { host: "127.0.0.1", port: 0, keptAnswers: 0 });
  const ask = async () => (await fetch(server.url, { method: "POST", headers: { "content-type": "application/json" }, body })).text();
  await ask();
  await ask();
  const { length } = await statementsOf(ask);
  await server.close();
  await database.close();
  return length;
};

/** How long starts take, the whole-country tree of figures against its floor, and one roll-up under load. */
export const benchFigures = () =>
  withDataDir(async (dataDir) => {
    const first = await startService(dataDir);
    await first.stop();
    const second = await startService(dataDir);
    await second.stop();
    console.log(
      `first start ${(first.startedMs / 1000).toFixed(1)} s (at most 25), second start ${(second.startedMs / 1000).toFixed(1)} s (at most 4)`,
    );

    const database = await openDatabase({ databaseUrl: null, dataDir });
    await fillCommunes(database.orm.em.fork(), parsePeriod("period", PERIOD));
    await database.close();
    const service = await startService(dataDir);
    const floorService = await startFloor(dataDir);
    try {
      const body = JSON.stringify({ query: await readFile(COUNTRY, "utf8"), variables: { asOf: AS_OF, period: PERIOD } });
      const [ask, askFloor] = [asking(service.url, body), asking(floorService.url, "")];
      const built = await ask();
      console.log(`the same tree before its roll-ups were made: ${built.ms.toFixed(0)} ms`);
      if (built.answer.trim() !== (await askFloor()).answer) throw new Error("The floor's answer is another one");
      const [tree, floor] = (await inTurn([ask, askFloor], { warmUps: WARM_UPS, runs: RUNS })) as [number[], number[]];
      console.log(
        `whole-country tree of ${AS_OF} through HTTP: ${spread(tree)}, ${(built.answer.length / 1e6).toFixed(1)} million characters`,
      );
      console.log(`floor, one statement and one JSON.stringify: ${spread(floor)}`);
      console.log(`ratio ${ratio(tree, floor)} (at most 1.5), of ${RUNS} runs after ${WARM_UPS} warm-ups`);
      await floorService.stop();
      await compareThroughput(service, dataDir);
    } finally {
      await floorService.stop();
      await service.stop();
    }
  });
