import DataLoader from "dataloader";
import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { rowScope } from "../../access/scope.ts";
import type { Role } from "../../access/viewer.ts";
import { type CriterionView, rubricLoaders } from "../rubrics/rubric.loaders.ts";
import type { BlockLeaf, BlockSheet } from "./block.ts";
import { readSheets } from "./block.store.ts";
import { cycleReading } from "./cycle.loaders.ts";
import { MOST_FEW, type SheetView } from "./sheet.loaders.ts";

const leafOf = ({ position, code, name, maxPoints, scoring, indicator, storedSteps: steps }: CriterionView): BlockLeaf[] =>
  scoring === null ? [] : [{ position, code, name, maxPoints, scoring, indicator, steps }];

const among = (numbers: readonly number[]) => sql<boolean>`s.id = any(${numbers}::int[])`;

export const blockLoaders = (context: Pick<RequestContext, "session" | "viewer" | "use">) => {
  const { session, viewer } = context;
  return {
    /** By number of the rubric, in its order. */
    leavesOf: new DataLoader<number, readonly BlockLeaf[]>(async (rubricNos) => {
      const rubrics = await Promise.all(rubricNos.map((no) => context.use(rubricLoaders).criteriaOf.load(no)));
      return rubrics.map((criteria) => criteria.flatMap(leafOf));
    }),

    /** With the leaves that the viewer sees; bonus, penalty and surveys only where it sees the whole sheet. */
    scoresOf: new DataLoader<SheetView, BlockSheet, number>(
      async (sheets) => {
        const numbers = (isWhole: boolean) => sheets.filter((sheet) => sheet.isWhole === isWhole).map(({ no }) => no);
        const [whole, partly] = [numbers(true), numbers(false)];
        const isOfFewRows = sheets.length <= MOST_FEW;
        const within = (role: Role) => session.scoped({ ...rowScope(viewer, role), isOfFewRows });
        const leaves = cycleReading(context).isLeafAssessed;
        const found = await Promise.all([
          whole.length === 0 ? [] : readSheets(within("VIEWER"), among(whole)),
          partly.length === 0 ? [] : readSheets(within("ASSESSOR"), among(partly), { leaves }),
        ]);
        const byNo = new Map(found.flat().map((sheet) => [sheet.no, sheet]));
        return sheets.map(({ no }) => byNo.get(no)!);
      },
      { cacheKeyFn: ({ no }) => no },
    ),
  };
};
