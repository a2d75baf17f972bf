import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { relation } from "../../database/relation.ts";
import type { StoredReceipt } from "./receipt.ts";

/** The receipt of one computed leaf of a sheet, as it is frozen. */
export interface NewReceipt {
  readonly sheetNo: number;
  readonly position: number;
  readonly code: string;
  readonly receipt: StoredReceipt;
}

/** Computed points become the self-score; they stay null where the value is unknown. */
export const storeReceipts = async (em: EntityManager, receipts: readonly NewReceipt[]): Promise<void> => {
  if (receipts.length === 0) return;
  await sql`
    update score_item i set self = r.points, receipt = r.receipt from ${relation("r", receipts, {
      sheet_id: ["int", ({ sheetNo }) => sheetNo],
      position: ["int", ({ position }) => position],
      points: ["int", ({ receipt }) => receipt.points],
      receipt: ["jsonb", ({ receipt }) => JSON.stringify(receipt)],
    })} where i.sheet_id = r.sheet_id and i.position = r.position`.execute(em.getKysely());
};

/** The computed leaves of a sheet that was handed in are open again. */
export const removeReceipts = async (em: EntityManager, sheetNo: number): Promise<void> => {
  await sql`update score_item set self = null, receipt = null where sheet_id = ${sheetNo} and receipt is not null`.execute(em.getKysely());
};
