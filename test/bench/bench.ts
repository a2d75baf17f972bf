import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../src/db/database.ts";
import { parsePeriod } from "../../src/time/period.ts";
import { fillCommunes } from "../support/synthetic.ts";
import { AS_OF, PERIOD } from "./floor.ts";
import { median, startProcess } from "./process.ts";

const WARM_UPS = 3;
const RUNS = 15;
const FLOOR = new URL("floor.ts", import.meta.url);
const COUNTRY = new URL("../support/country.graphql", import.meta.url);

const NODE_FLAGS = ["--max-semi-space-size=128", "--import", "tsx"];
const startService = (dataDir: string) => startProcess("npm", ["start", "--silent"], { DATA_DIR: dataDir, PORT: "0" });
const startFloor = (dataDir: string) => startProcess("node", [...NODE_FLAGS, fileURLToPath(FLOOR), dataDir], {});

const spread = (numbers: readonly number[]): string =>
  `median ${median(numbers).toFixed(0)} ms (${Math.min(...numbers).toFixed(0)}..${Math.max(...numbers).toFixed(0)})`;

const timed = async (work: () => Promise<string>): Promise<{ ms: number; answer: string }> => {
  const began = performance.now();
  const answer = await work();
  return { ms: performance.now() - began, answer };
};

const dataDir = await mkdtemp(join(tmpdir(), "cchc-bench-"));
await chmod(dataDir, 0o711);
try {
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
    const ask = async () => (await fetch(service.url, { method: "POST", headers: { "content-type": "application/json" }, body })).text();
    const built = await timed(ask);
    console.log(`the same tree before its roll-ups were made: ${built.ms.toFixed(0)} ms`);
    const [tree, floor]: [number[], number[]] = [[], []];
    for (let run = -WARM_UPS; run < RUNS; run++) {
      const ours = await timed(ask);
      const theirs = await timed(async () => (await fetch(floorService.url)).text());
      if (ours.answer.trim() !== theirs.answer) throw new Error("The floor's answer is another one");
      if (run < 0) continue;
      tree.push(ours.ms);
      floor.push(theirs.ms);
    }
    console.log(
      `whole-country tree of ${AS_OF} through HTTP: ${spread(tree)}, ${(built.answer.length / 1e6).toFixed(1)} million characters`,
    );
    console.log(`floor, one statement and one JSON.stringify: ${spread(floor)}`);
    console.log(`ratio ${(median(tree) / median(floor)).toFixed(2)} (at most 4.0), of ${RUNS} runs after ${WARM_UPS} warm-ups`);
  } finally {
    await floorService.stop();
    await service.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
