import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";
import { fillLedger } from "./ledger-fill.ts";
import { median, NODE_FLAGS, spread, startProcess, startService, withDataDir } from "./process.ts";
import { asking, bodyOf, type Tree, TREES } from "./trees.ts";

const WARM_UPS = 5;
const RUNS = 25;
const POSTGRAPHILE = fileURLToPath(new URL("postgraphile.ts", import.meta.url));

/** What trees of dossiers cost beside what they cost from PostGraphile, over the same counters in the same database. */
export const benchPeers = (dossiers: number) =>
  withDataDir(async (dataDir) => {
    const service = await startService(dataDir);
    try {
      await fillLedger(dataDir, service, dossiers);
      const peer = await startProcess("node", [...NODE_FLAGS, POSTGRAPHILE, dataDir], { NODE_ENV: "production" });
      try {
        console.log(
          `PostGraphile 5 over ${dossiers} dossiers: Amber, Grafserv on node:http, lists without connections, prepared statements,`,
        );
        console.log(
          "a pool of its own as the owner of the tables; one view with a row for each unit of the day, which adds up its counters of the year",
        );
        for (const tree of Object.keys(TREES) as Tree[]) await compare(tree, service.url, peer.url);
      } finally {
        await peer.stop();
      }
    } finally {
      await service.stop();
    }
  });

const compare = async (tree: Tree, ourUrl: string, peerUrl: string): Promise<void> => {
  const [askUs, askPeer] = [asking(ourUrl, bodyOf(tree)), asking(peerUrl, peerBodyOf(tree))];
  checkSame(tree, (await askUs()).answer, (await askPeer()).answer);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let run = -WARM_UPS; run < RUNS; run++) {
    const [one, other] = [await askUs(), await askPeer()];
    if (run < 0) continue;
    ours.push(one.ms);
    theirs.push(other.ms);
  }
  console.log(`${tree}: ${spread(ours)}; PostGraphile: ${spread(theirs)}`);
  console.log(`ratio ${(median(ours) / median(theirs)).toFixed(2)} (below 1), of ${RUNS} runs in turn`);
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

/** A unit of ours as PostGraphile states it. */
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
