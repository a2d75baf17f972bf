import { Field, ID, InputType } from "type-graphql";
import { DateScalar } from "../lib/time/scalar.ts";
import type { UnitKind } from "../hierarchy/unit.entity.ts";
import { UnitKindEnum } from "../units/unit.type.ts";

@InputType("RegisterAgencyInput", { description: "An agency that serves a territorial unit, or sits there (cơ quan)." })
export class RegisterAgencyInput {
  @Field(() => ID, { description: "Code on validFrom, or id, of the unit that it serves or where it sits: 48 (đơn vị được phục vụ)." })
  unit!: string;

  @Field(() => UnitKindEnum, { description: "DEPARTMENT, DIVISION, VERTICAL_AGENCY or CENTRAL_AGENCY (loại cơ quan)." })
  kind!: UnitKind;

  @Field(() => String, {
    description: "Its name, at most 150 characters: Sở Nội vụ. Its code is that of the unit and a slug: 48/so-noi-vu.",
  })
  name!: string;

  @Field(() => DateScalar, { description: "Its first day, from 31 August 2015; its unit exists then (ngày thành lập)." })
  validFrom!: string;

  @Field(() => DateScalar, { nullable: true, description: "Its last day; without one it lives on (ngày cuối)." })
  validTo?: string | null;
}
