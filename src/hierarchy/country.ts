import { sql } from "kysely";
import type { Rows } from "../database/reader.ts";

export const countryNo = async (reader: Rows): Promise<number> =>
  (await reader.rows(sql<{ no: number }>`select unit_id as no from unit_version where tier = 'COUNTRY' limit 1`))[0]!.no;
