import { type FindReferenced, key } from "../access/reference.ts";
import { findTask } from "./task.service.ts";

/** By `id`; for VIEWERs of its lead, assigner and coordinators alone, as the field task. */
export const findReferencedTask: FindReferenced = async (reference, context) => findTask(context, key(reference, "id"));
