import type { Context } from "../server/context.ts";
import { findUnit } from "../units/unit.service.ts";

interface UnitRepresentation {
  readonly id?: unknown;
  readonly code?: unknown;
  readonly asOf?: unknown;
}

const text = (value: unknown): string | null => (typeof value === "string" || typeof value === "number" ? String(value) : null);

/** The unit that a router means by `id`, by `code` or by `id asOf`; null for one that is unknown. All of a tick by one statement. */
export const resolveUnitReference = ({ id, code, asOf }: UnitRepresentation, { loaders }: Context) =>
  findUnit(loaders, { ...(id == null ? { code: text(code), id: null } : { id: text(id), code: null }), asOf: text(asOf) });
