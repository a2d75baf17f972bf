import { CellReader, type Cells } from "../../imports/cell-reader.ts";
import type { ImportRowProblem } from "../../imports/import-report.ts";
import type { DossierRow } from "./dossier-stage.ts";

export const DOSSIER_COLUMNS = [
  ...["code", "procedure", "unit", "receivedBy", "channel", "state", "submittedAt", "receivedAt", "dueAt", "extendedTo", "endedAt"],
  ...["returnedAt", "pauses", "digitised", "paidOnline", "electronicResult", "updatedAt"],
] as const;
export const DOSSIER_TEXTS = ["code", "procedure", "unit", "receivedBy", "channel", "state", "pauses"] as const;
export const REQUIRED_DOSSIER_COLUMNS = ["code", "procedure", "unit", "state", "updatedAt"] as const;

/** Converts a row of a file to a dossier; empty cells are omitted. Returns the problems of unreadable cells. */
export const dossierOfCells = (cells: Cells): DossierRow | readonly ImportRowProblem[] => {
  const read = new CellReader(cells);
  const pauses = pausesOfCell(cells["pauses"]);
  if (pauses === null)
    read.add(
      "pauses",
      "PAUSES_MALFORMED",
      "reason:from/to, joined by ; as in SUPPLEMENT:2026-03-02T08:00:00+07:00/2026-03-04T08:00:00+07:00",
    );
  const row: DossierRow = {
    code: read.required("code"),
    procedure: read.required("procedure"),
    unit: read.required("unit"),
    receivedBy: read.text("receivedBy"),
    channel: read.text("channel") ?? "DIRECT",
    state: read.required("state"),
    pauses: pauses ?? [],
    updatedAt: read.required("updatedAt", "instant"),
    submittedAt: read.instant("submittedAt"),
    receivedAt: read.instant("receivedAt"),
    dueAt: read.instant("dueAt"),
    extendedTo: read.instant("extendedTo"),
    endedAt: read.instant("endedAt"),
    returnedAt: read.instant("returnedAt"),
    digitised: read.flag("digitised"),
    paidOnline: read.flag("paidOnline"),
    electronicResult: read.flag("electronicResult"),
  };
  return read.problems.length > 0 ? read.problems : row;
};

const PAUSE = /^([A-Z_]+):([^/]+)\/(.*)$/;

const pausesOfCell = (cell: unknown): DossierRow["pauses"] | null => {
  if (cell === null || cell === undefined || cell === "") return [];
  if (Array.isArray(cell)) return cell.every(isPause) ? cell : null;
  if (typeof cell !== "string") return null;
  const pauses = cell.split(";").map((part) => PAUSE.exec(part.trim()));
  if (pauses.some((pause) => pause === null)) return null;
  return pauses.map((pause) => ({ reason: pause![1]!, from: pause![2]!, to: pause![3] === "" ? null : pause![3]! }));
};

const isPause = (given: unknown): given is DossierRow["pauses"][number] => {
  if (typeof given !== "object" || given === null) return false;
  const { reason, from, to, ...more } = given as Record<string, unknown>;
  return typeof reason === "string" && typeof from === "string" && (to == null || typeof to === "string") && Object.keys(more).length === 0;
};
