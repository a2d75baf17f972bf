import { LOCAL_OFFSET } from "../lib/time/local-time.ts";
import type { recordLoaders, RecordStatus } from "./record.loaders.ts";

const midnightOf = (instant: string): string => `${instant.slice(0, 10)}T00:00:00.000${LOCAL_OFFSET}`;

/** VIEWERs of the unit see the time of the last import; everybody else sees its day. */
export const recordStatusesOf = async (
  { recordsOf, viewerCovers }: ReturnType<typeof recordLoaders>,
  no: number,
): Promise<RecordStatus[]> => {
  const [statuses, isViewer] = await Promise.all([recordsOf.load(no), viewerCovers.load(no)]);
  if (isViewer) return statuses;
  return statuses.map((status) => ({ ...status, lastImportAt: status.lastImportAt && midnightOf(status.lastImportAt) }));
};
