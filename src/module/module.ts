import type { AnyEntity, EntityClass, EntitySchema } from "@mikro-orm/postgresql";
import type { ClassType } from "type-graphql";
import type { Costs } from "./cost/field-cost.ts";
import type { FindReferenced } from "../access/reference.ts";

/** What a module offers; `modules.ts` lists all of them. */
export interface Module {
  /** Its tables. */
  readonly entities?: readonly (EntityClass<AnyEntity> | EntitySchema)[];
  readonly resolvers?: readonly ClassType[];
  /** What its fields read, where their shape does not tell it. */
  readonly costs?: Costs;
  /** Finds its objects that other graphs refer to, by type. */
  readonly references?: Readonly<Record<string, FindReferenced>>;
}
