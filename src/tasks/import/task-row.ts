import { CellReader, type Cells } from "../../imports/cell-reader.ts";
import type { ImportRowProblem } from "../../imports/import-report.ts";
import { isDay } from "../../lib/time/date.ts";
import type { TaskDocumentInput } from "../task.input.ts";
import type { TaskRow } from "./task-stage.ts";

export const TASK_COLUMNS = [
  ...["code", "title", "product", "document", "documentSignedOn", "documentIssuer", "documentUrl", "assignedBy", "lead", "coordinators"],
  ...["parent", "assignedOn", "deadline", "originalDeadline", "progress", "percent", "doneOn", "completedOn", "cancelledOn"],
  ...["postponements", "updatedAt"],
] as const;
export const TASK_TEXTS = ["code", "title", "product", "document", "assignedBy", "lead", "coordinators", "parent", "progress"] as const;
export const REQUIRED_TASK_COLUMNS = ["code", "title", "assignedBy", "lead", "assignedOn", "progress", "updatedAt"] as const;

/** Converts a row of a file to a task; empty cells are omitted. Returns the problems of unreadable cells. */
export const taskOfCells = (cells: Cells): TaskRow | readonly ImportRowProblem[] => {
  const read = new CellReader(cells);
  const row: TaskRow = {
    code: read.required("code"),
    title: read.required("title"),
    product: read.text("product"),
    document: documentOfCells(read),
    assignedBy: read.required("assignedBy"),
    lead: read.required("lead"),
    coordinators: codesOf(read, "coordinators"),
    parent: read.text("parent"),
    assignedOn: dayOf(read, "assignedOn") ?? read.required("assignedOn"),
    deadline: dayOf(read, "deadline"),
    originalDeadline: dayOf(read, "originalDeadline"),
    progress: read.required("progress"),
    percent: percentOfCell(read),
    doneOn: dayOf(read, "doneOn"),
    completedOn: dayOf(read, "completedOn"),
    cancelledOn: dayOf(read, "cancelledOn"),
    postponements: postponementsOf(read),
    updatedAt: read.required("updatedAt", "instant"),
  };
  return read.problems.length > 0 ? read.problems : row;
};

const DAY_FORM = "a day as YYYY-MM-DD, such as 2026-12-31";
/** A day in a workbook is the midnight that begins it. */
const MIDNIGHT = /^(\d{4}-\d{2}-\d{2})T00:00:00\+07:00$/;

const dayOf = (read: CellReader, field: string): string | null => {
  const cell = read.cell(field);
  if (cell === null) return null;
  const day = typeof cell === "string" ? (MIDNIGHT.exec(cell)?.[1] ?? cell) : null;
  if (day === null || !isDay(day)) read.add(field, "DAY_MALFORMED", DAY_FORM);
  return day ?? "";
};

const percentOfCell = (read: CellReader): number | null => {
  const cell = read.cell("percent");
  if (cell === null) return null;
  const percent = typeof cell === "string" && /^\d{1,3}$/.test(cell) ? Number(cell) : cell;
  if (typeof percent === "number" && Number.isSafeInteger(percent)) return percent;
  read.add("percent", "PERCENT_OUT_OF_RANGE", "a whole number from 0 to 100");
  return null;
};

/** The number of a document, with its other facts in cells of their own; or an object with all of it. */
const documentOfCells = (read: CellReader): TaskDocumentInput | null => {
  const cell = read.cell("document");
  const more = { signedOn: dayOf(read, "documentSignedOn"), issuer: read.text("documentIssuer"), url: read.text("documentUrl") };
  if (isDocument(cell)) return cell;
  const number = read.text("document");
  if (number !== null) return { number, ...more };
  const field = ["documentSignedOn", "documentIssuer", "documentUrl"].find((name) => read.cell(name) !== null);
  if (field !== undefined) read.add("document", "VALUE_MISSING", `the number of the document, of which ${field} is given`);
  return null;
};

const PARTS: ReadonlySet<string> = new Set(["number", "signedOn", "issuer", "url"]);

const isDocument = (cell: unknown): cell is TaskDocumentInput =>
  typeof cell === "object" &&
  cell !== null &&
  "number" in cell &&
  Object.entries(cell).every(([name, value]) => PARTS.has(name) && (typeof value === "string" || (value === null && name !== "number")));

const codesOf = (read: CellReader, field: string): readonly string[] => {
  const cell = read.cell(field);
  if (Array.isArray(cell) && cell.every((code) => typeof code === "string")) return cell;
  const text = Array.isArray(cell) ? null : read.text(field);
  if (Array.isArray(cell)) read.add(field, "CODES_MALFORMED", "codes, joined by ;");
  return text === null ? [] : text.split(";").map((code) => code.trim());
};

const RANGE = /^(\d{4}-\d{2}-\d{2})\/(\d{4}-\d{2}-\d{2})?$/;

const postponementsOf = (read: CellReader): TaskRow["postponements"] => {
  const cell = read.cell("postponements");
  if (cell === null) return [];
  if (Array.isArray(cell) && cell.every(isRange)) return cell;
  const ranges = typeof cell === "string" ? cell.split(";").map((part) => RANGE.exec(part.trim())) : [null];
  const readable = ranges.filter((range) => range !== null);
  if (readable.length < ranges.length)
    read.add("postponements", "POSTPONEMENTS_MALFORMED", "from/to, joined by ; as in 2026-03-02/2026-03-04;2026-05-04/");
  return readable.map((range) => ({ from: range[1]!, to: range[2] ?? null }));
};

const isRange = (given: unknown): given is TaskRow["postponements"][number] => {
  if (typeof given !== "object" || given === null) return false;
  const { from, to, ...more } = given as Record<string, unknown>;
  return typeof from === "string" && (to == null || typeof to === "string") && Object.keys(more).length === 0;
};
