import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyRate } from "./copy-floor.ts";
import { type Filling, fillLedger } from "./ledger-fill.ts";
import { inTurn, NODE_FLAGS, ratio, type Service, spread, startProcess, startService, withDataDir } from "./process.ts";
import { asking, bodyOf, type Tree, TREES } from "./trees.ts";

const SMALL = 100_000;
const FLOOR = fileURLToPath(new URL("ledger-floor.ts", import.meta.url));

/** What an import costs beside a bare COPY, and what trees of few and of many dossiers cost beside one another and one statement. */
export const benchLedger = (dossiers: number) =>
  withDataDir(async (dataDir) => {
    const folders = [join(dataDir, "small"), join(dataDir, "large")] as const;
    const services = [await startService(folders[0]), await startService(folders[1])] as const;
    try {
      await fillLedger(folders[0], services[0], SMALL);
      const filling = await fillLedger(folders[1], services[1], dossiers);
      await compareWithCopy(folders[1], dossiers, filling);
      await compareSizes(services, dossiers);
      await compareWithFloor(services[1], folders[1]);
    } finally {
      for (const service of services) await service.stop();
    }
  });

const compareWithCopy = async (dataDir: string, dossiers: number, { seconds, importMb, serviceMb }: Filling): Promise<void> => {
  const rate = dossiers / seconds;
  console.log(`import of ${dossiers} dossiers: ${seconds.toFixed(0)} s, ${rate.toFixed(0)} a second`);
  console.log(`peak memory: the command ${importMb.toFixed(0)} MB (below 512), the service beside it ${serviceMb.toFixed(0)} MB`);
  const floor = await copyRate(dataDir);
  console.log(`a bare COPY of the same rows into the same table with its indexes: ${floor.toFixed(0)} a second`);
  console.log(`ratio ${(rate / floor).toFixed(2)} (at least 0.25)`);
};

const compareSizes = async ([small, large]: readonly [Service, Service], dossiers: number): Promise<void> => {
  for (const tree of Object.keys(TREES) as Tree[]) {
    const body = bodyOf(tree);
    const [few, many] = (await inTurn([asking(small.url, body), asking(large.url, body)], TREES[tree])) as [number[], number[]];
    console.log(`${tree}, ${SMALL} dossiers: ${spread(few)}; ${dossiers} dossiers: ${spread(many)}`);
    console.log(`ratio ${ratio(many, few)} (at most 1.1), of ${TREES[tree].runs} runs in turn`);
  }
};

const compareWithFloor = async (service: Service, dataDir: string): Promise<void> => {
  const floorService = await startProcess("node", [...NODE_FLAGS, FLOOR, dataDir], {});
  try {
    const tree = TREES["the whole country's tree"];
    const [ask, askFloor] = [asking(service.url, bodyOf("the whole country's tree")), asking(floorService.url, "")];
    const [answer, floorAnswer] = [(await ask()).answer.trim(), (await askFloor()).answer];
    if (answer !== floorAnswer) throw new Error(`the floor's answer is another one: ${difference(answer, floorAnswer)}`);
    const [ours, floor] = (await inTurn([ask, askFloor], tree)) as [number[], number[]];
    console.log(`the whole country's tree: ${spread(ours)}; floor, one statement and one JSON.stringify: ${spread(floor)}`);
    console.log(`ratio ${ratio(ours, floor)} (at most 1.2), of ${tree.runs} runs in turn`);
  } finally {
    await floorService.stop();
  }
};

const difference = (one: string, other: string): string => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return `${one.slice(Math.max(at - 100, 0), at + 200)} … ${other.slice(Math.max(at - 100, 0), at + 200)}`;
};
