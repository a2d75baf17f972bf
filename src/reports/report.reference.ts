import { type FindReferenced, key } from "../access/reference.ts";
import { findReport } from "./report.service.ts";

/** By `id`; drafts and reports that no longer count for VIEWERs of their units alone, as the field report. */
export const findReferencedReport: FindReferenced = async (reference, context) => findReport(context, key(reference, "id"));
