import { sql } from "kysely";
import type { RequestContext } from "../access/request-context.ts";
import { oneBy, type Positioned } from "../database/loader.ts";
import type { Rows } from "../database/reader.ts";
import { BadUserInput } from "../lib/errors.ts";
import { connectionOf, type Page, pageOf } from "../lib/page.ts";
import { searchWords } from "../hierarchy/search.ts";
import type { Tier } from "../hierarchy/unit.entity.ts";
import type { ServiceLevel } from "./procedure.entity.ts";

export interface FieldView {
  readonly no: number;
  readonly code: string;
  readonly name: string;
}

export interface ProcedureView {
  readonly no: number;
  readonly code: string;
  readonly name: string;
  readonly fieldNo: number;
  readonly competence: Tier;
  readonly serviceLevel: ServiceLevel;
  readonly workingDays: number | null;
  readonly hasFee: boolean;
}

const procedureColumns = sql`p.id as no, p.code, p.name, p.field_id as "fieldNo", p.competence, p.service_level as "serviceLevel",
  p.working_days as "workingDays", p.has_fee as "hasFee"`;

export const procedureLoaders = ({ session: reader }: Pick<RequestContext, "session">) => ({
  procedureByNo: oneBy<number, ProcedureView & Positioned>(String, (numbers) =>
    reader.rows(sql<ProcedureView & Positioned>`
      select k.i::int, ${procedureColumns} from unnest(${numbers}::int[]) with ordinality k(no, i) join procedure p on p.id = k.no`),
  ),

  procedureByCode: oneBy<string, ProcedureView & Positioned>(
    (code) => code,
    (codes) =>
      reader.rows(sql<ProcedureView & Positioned>`
        select k.i::int, ${procedureColumns} from unnest(${codes}::text[]) with ordinality k(code, i) join procedure p on p.code = k.code`),
  ),

  fieldByNo: oneBy<number, FieldView & Positioned>(String, (numbers) =>
    reader.rows(sql<FieldView & Positioned>`
      select k.i::int, f.id as no, f.code, f.name from unnest(${numbers}::int[]) with ordinality k(no, i) join procedure_field f on f.id = k.no`),
  ),
});

export interface ProcedureList {
  readonly field: string | null | undefined;
  readonly search: string | null | undefined;
  readonly first: number;
  readonly after: string | null | undefined;
}

interface Filter {
  readonly field: string | null;
  readonly words: readonly string[] | null;
  readonly prefix: string | null;
  readonly page: Page;
}

type Row = { readonly isField: boolean; readonly totalCount: number } & (ProcedureView | { readonly no: null });

/** Procedures by code. @throws BadUserInput for an unknown field and for a search without words. */
export const listProcedures = async (reader: Rows, { field, search, first, after }: ProcedureList) => {
  const page = pageOf(first, after);
  const words = search == null ? null : searchWords("search", search);
  const prefix = search == null ? null : codeWithin(search);
  const found = field?.includes("\0") ? [] : await reader.rows(pageOfProcedures({ field: field ?? null, words, prefix, page }));
  if (!found[0]?.isField) throw new BadUserInput("field", field, "must be the code of a field of procedures");
  const listed = found.flatMap((row) => (row.no === null ? [] : [row]));
  return { ...connectionOf(listed, page, ({ code }) => ({ rank: 0, text: code })), totalCount: found[0].totalCount };
};

/** Returns the prefix of a code without surrounding marks; null if the search is not a code. */
const codeWithin = (search: string): string | null =>
  /^[\d.A-Z]+$/.exec(search.toUpperCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))?.[0] ?? null;

/** Returns the page, or one row without a procedure. */
const pageOfProcedures = ({ field, words, prefix, page: { first, after } }: Filter) => sql<Row>`
  with asked as (select id from procedure_field where code = ${field}::text),
  matched as materialized (
    select p.id, p.code from procedure p
    where (${field}::text is null or p.field_id in (select id from asked)) and (${words}::text[] is null or starts_with(p.code, ${prefix}::text)
      or not exists (select from unnest(${words}::text[]) w(word) where p.words not like '% ' || word || '%'))
  ),
  listed as (select id from matched where code collate "C" > ${after?.text ?? ""} order by code collate "C" limit ${first + 1})
  select ${field}::text is null or exists (select from asked) as "isField", (select count(*)::int from matched) as "totalCount", ${procedureColumns}
  from (values (1)) one left join listed on true left join procedure p on p.id = listed.id order by p.code collate "C"`;
