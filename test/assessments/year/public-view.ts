import { PROVINCE } from "./thanh-hoa.ts";
import type { YearRoom } from "./year-room.ts";

const RANKING = `version ranked year block { code } rubric { version } byClassification { classification { code } count }
  sources { kind title publishedOn state } entries { unit { id code name } score rank rankOf classification { code } }`;
export interface SeenRanking {
  readonly version: number;
  readonly block: { readonly code: string };
  readonly byClassification: readonly { readonly classification: { readonly code: string }; readonly count: number }[];
  readonly entries: readonly {
    readonly unit: { readonly code: string; readonly name: string };
    readonly score: number | null;
    readonly rank: number | null;
    readonly classification: { readonly code: string } | null;
  }[];
  readonly supersedes?: SeenRanking | null;
}

export const STANDINGS =
  "query ($id: ID!) { assessmentCycle(id: $id) { standings { unit { code } scaled rank bestRank worstRank classification { code } } } }";
export interface Standing {
  readonly unit: { readonly code: string };
  readonly scaled: number | null;
  readonly rank: number | null;
  readonly bestRank: number;
  readonly worstRank: number;
  readonly classification: { readonly code: string } | null;
}

/** Of a cycle, by its organiser. */
export const standingsOf = async (room: YearRoom, id: string): Promise<readonly Standing[]> =>
  (await room.answer<{ assessmentCycle: { standings: Standing[] } }>("admin", STANDINGS, { id })).assessmentCycle.standings;

/** What somebody without a key sees. */
export const rankingsSeen = async (room: YearRoom): Promise<SeenRanking[]> => {
  const text = `{ unit(code: "${PROVINCE}") { rankings(index: PAR, year: 2025) { ${RANKING} supersedes { ${RANKING} supersedes { version } } } } }`;
  return (await room.answer<{ unit: { rankings: SeenRanking[] } }>(null, text)).unit.rankings;
};

/** Of a block that is ranked once. */
export const rankingOf = async (room: YearRoom, block: string): Promise<SeenRanking> => {
  const found = (await rankingsSeen(room)).filter((ranking) => ranking.block.code === block);
  if (found.length !== 1) throw new Error(`${block} has ${found.length} rankings`);
  return found[0]!;
};

export const placesOf = (
  { entries }: SeenRanking,
  name: (unit: { readonly code: string; readonly name: string }) => string = ({ code }) => code,
) => entries.map(({ unit, score, rank, classification }) => [name(unit), score, rank, classification?.code ?? null]);

export const classesOf = ({ byClassification }: SeenRanking): Readonly<Record<string, number>> =>
  Object.fromEntries(byClassification.map(({ classification, count }) => [classification.code, count]));
