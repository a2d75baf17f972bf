import { Field, ID, ObjectType } from "type-graphql";

@ObjectType("Field", { simpleResolvers: true, description: "A field of procedures (lĩnh vực)." })
export class ProcedureFieldType {
  @Field(() => ID, { description: "Code of the field in the catalogue (mã lĩnh vực)." })
  code!: string;

  @Field(() => String, { description: "Its name (tên lĩnh vực): Hộ tịch." })
  name!: string;
}
