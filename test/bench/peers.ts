import { execFileSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";
import { installFolder } from "../packages/install.ts";
import { fillLedger } from "./ledger-fill.ts";
import { inTurn, NODE_FLAGS, ratio, type Service, spread, startProcess, startService, withDataDir } from "./process.ts";
import { asking, bodyOf, type Tree, TREES } from "./trees.ts";

const POSTGRAPHILE = fileURLToPath(new URL("peers/postgraphile.ts", import.meta.url));

/** What trees of dossiers cost beside what they cost from PostGraphile, over the same counters in the same database. */
export const benchPeers = async (dossiers: number): Promise<void> => {
  await installFolder("test/bench/peers");
  execFileSync("npx", ["tsc", "-p", fileURLToPath(new URL("peers", import.meta.url))], { stdio: "inherit" });
  await withDataDir(async (dataDir) => {
    const service = await startService(dataDir);
    try {
      await fillLedger(dataDir, service, dossiers);
      const keeping = await startService(dataDir, { keeps: true });
      const peer = await startProcess("node", [...NODE_FLAGS, POSTGRAPHILE, dataDir], { NODE_ENV: "production" });
      try {
        console.log(
          `PostGraphile 5 over ${dossiers} dossiers: Amber, Grafserv on node:http, lists without connections, prepared statements,`,
        );
        console.log(
          "a pool of its own as the owner of the tables; one view with a row for each unit of the day, which adds up its counters of the year",
        );
        await compareEmpty({ service, peer });
        for (const tree of Object.keys(TREES) as Tree[]) await compare(tree, { service, keeping, peer });
      } finally {
        await peer.stop();
        await keeping.stop();
      }
    } finally {
      await service.stop();
    }
  });
};

interface Compared {
  /** Works each answer out. */
  readonly service: Service;
  /** As it is by default: an answer is given again while nothing has changed. */
  readonly keeping: Service;
  readonly peer: Service;
}

/** What of an answer is not of its numbers. */
const compareEmpty = async ({ service, peer }: Pick<Compared, "service" | "peer">): Promise<void> => {
  const body = JSON.stringify({ query: "{ __typename }" });
  const [ours, peers] = (await inTurn([asking(service.url, body), asking(peer.url, body)], TREES["one unit's year"])) as [
    number[],
    number[],
  ];
  console.log(`an empty query: ${spread(ours)}; PostGraphile: ${spread(peers)}`);
};

/** What the time of a tree that is computed each time must at most be of PostGraphile's. */
const MOST: Readonly<Record<Tree, number>> = { "one unit's year": 1, "one province's tree": 0.9, "the whole country's tree": 0.8 };

const compare = async (tree: Tree, { service, keeping, peer }: Compared): Promise<void> => {
  const asked = [asking(keeping.url, bodyOf(tree)), asking(service.url, bodyOf(tree)), asking(peer.url, peerBodyOf(tree))] as const;
  const [ours, , theirs] = [await asked[0](), await asked[1](), await asked[2]()];
  checkSame(tree, ours.answer, theirs.answer);
  const [cached, computed, peers] = (await inTurn(asked, TREES[tree])) as [number[], number[], number[]];
  console.log(`${tree}: ${spread(cached)}, where it is computed each time ${spread(computed)}; PostGraphile: ${spread(peers)}`);
  console.log(
    `ratio ${ratio(cached, peers)}, where it is computed each time ${ratio(computed, peers)} (at most ${MOST[tree]}), of ${TREES[tree].runs} runs in turn`,
  );
};

const PEER_UNIT = "key code fullName received resolved resolvedEarly resolvedOnTime resolvedOverdue inProcess onTimeRate";
const PEER_SELECTIONS: Readonly<Record<Tree, string>> = {
  "one unit's year": PEER_UNIT,
  "one province's tree": `${PEER_UNIT} childrenList { ${PEER_UNIT} }`,
  "the whole country's tree": `${PEER_UNIT} childrenList { ${PEER_UNIT} childrenList { ${PEER_UNIT} } }`,
};

const peerBodyOf = (tree: Tree): string =>
  JSON.stringify({
    query: `query($code: String!) { unitByCode(code: $code) { ${PEER_SELECTIONS[tree]} } }`,
    variables: { code: TREES[tree].code },
  });

interface OurUnit {
  readonly id: string;
  readonly code: string;
  readonly fullName: string;
  readonly dossiers: Readonly<Record<string, unknown>> & { readonly onTimeRate: { readonly value: number | null } };
  readonly children?: readonly OurUnit[];
}

interface PeerUnit {
  readonly code: string;
  readonly childrenList?: readonly PeerUnit[];
}

/** A unit of the service in the form of PostGraphile. */
const asPeer = ({ id, code, fullName, dossiers, children }: OurUnit): PeerUnit => ({
  ...{ key: id, code, fullName, ...dossiers, onTimeRate: dossiers.onTimeRate.value },
  ...(children && { childrenList: children.map(asPeer) }),
});

const byCode = (unit: PeerUnit): PeerUnit =>
  unit.childrenList ? { ...unit, childrenList: unit.childrenList.map(byCode).toSorted((a, b) => (a.code < b.code ? -1 : 1)) } : unit;

const checkSame = (tree: Tree, ours: string, theirs: string): void => {
  const one = byCode(asPeer((JSON.parse(ours) as { data: { unit: OurUnit } }).data.unit));
  const other = byCode((JSON.parse(theirs) as { data: { unitByCode: PeerUnit } }).data.unitByCode);
  if (!isDeepStrictEqual(one, other))
    throw new Error(`${tree}: PostGraphile answers other numbers:\n${ours.slice(0, 500)}\n${theirs.slice(0, 500)}`);
};
