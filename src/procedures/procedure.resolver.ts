import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import type { Permission } from "../access/permission.ts";
import type { RequestContext } from "../access/request-context.ts";
import { listProcedures, procedureLoaders, type ProcedureView } from "./procedure.loaders.ts";
import { ProcedureConnection, ProcedureFieldType, ProcedureType } from "./procedure.type.ts";

@Resolver(() => ProcedureType)
export class ProcedureResolver {
  @Authorized<Permission>("procedures:read")
  @Query(() => ProcedureConnection, {
    description:
      "The catalogue of procedures, by code. Search ignores case and diacritics: each of its words must begin a word of the name, or the search is a prefix of " +
      "the code. BAD_USER_INPUT for an unknown field (danh mục thủ tục hành chính).",
  })
  procedures(
    @Arg("field", () => ID, { nullable: true, description: "Selects procedures of the field with this code (lĩnh vực)." }) field:
      | string
      | undefined,
    @Arg("search", () => String, {
      nullable: true,
      description: "Prefixes of words of the name, such as dang ky ket hon; or a prefix of a code, such as 1.0008.",
    })
    search: string | undefined,
    @Arg("first", () => Int, { defaultValue: 50, description: "Maximum number of items, 1..1000." }) first: number,
    @Arg("after", () => String, { nullable: true, description: "Cursor after which the page begins." }) after: string | undefined,
    @Ctx() { session }: RequestContext,
  ) {
    return listProcedures(session, { field, search, first, after });
  }

  @FieldResolver(() => ProcedureFieldType, { description: "The field of the procedure (lĩnh vực)." })
  field(@Root() { fieldNo }: ProcedureView, @Ctx() context: RequestContext) {
    return context.use(procedureLoaders).fieldByNo.load(fieldNo);
  }
}
