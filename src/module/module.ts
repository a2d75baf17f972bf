import type { AnyEntity, EntityClass, EntitySchema } from "@mikro-orm/postgresql";
import type { ClassType } from "type-graphql";
import type { Costs } from "./cost/field-cost.ts";
import type { FindReferenced } from "../access/reference.ts";

/** What a module offers; `modules.ts` lists all of them. */
export interface Module {
  readonly entities?: readonly (EntityClass<AnyEntity> | EntitySchema)[];
  readonly resolvers?: readonly ClassType[];
  /** Costs of fields whose shape does not determine them. */
  readonly costs?: Costs;
  /** Finders of its objects that other graphs refer to, by type. */
  readonly references?: Readonly<Record<string, FindReferenced>>;
  /** Mutations that read nothing of units before they read the present hierarchy, except in the transaction of their change, which holds its version. */
  readonly lateReaders?: readonly string[];
}
