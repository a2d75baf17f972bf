import type { EntityManager } from "@mikro-orm/postgresql";
import type { ProcedureRow } from "../procedures/procedure-check.ts";
import { type LoadedBy, type LoadedProcedures, loadProcedures } from "../procedures/procedure-load.service.ts";
import { carryToDossiers } from "./procedure-carry.store.ts";

/** Loads procedures into the catalogue and updates their dossiers in the same transaction. @throws DomainError as `loadProcedures` does. */
export const loadCatalogue = (em: EntityManager, rows: readonly ProcedureRow[], by: LoadedBy): Promise<LoadedProcedures> =>
  loadProcedures(em, rows, by, carryToDossiers);
