import { sql } from "kysely";
import { graphql, type GraphQLSchema } from "graphql";
import type { Grant, Role, Viewer } from "../../src/access/viewer.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { ensureContributions } from "../../src/hierarchy/contribution.service.ts";
import type { Answer } from "./client.ts";
import { NOW } from "./client.ts";
import type { TestDatabase } from "./database.ts";

/** A viewer with roles on units of today, by code. */
export const viewerOf = async (database: TestDatabase, name: string, roles: Readonly<Record<string, Role>>): Promise<Viewer> => {
  const context = new RequestContext(database.pools, NOW);
  const { session, today } = context;
  const { unitByReference } = context.use(unitLoaders);
  const { rows } = await sql<{ id: number }>`select max(id) as id from edition where starts_on <= ${today}`.execute(
    database.orm.em.fork().getKysely(),
  );
  const editionId = rows[0]!.id;
  await ensureContributions(session, [editionId]);
  const grants = await Promise.all(
    Object.entries(roles).map(async ([code, role]): Promise<Grant> => {
      const unit = await unitByReference.load({ code, asOf: today });
      return { role, unitNo: unit!.no, asOf: today, editionId, ended: false };
    }),
  );
  return { actor: `key:${name}`, name, grants };
};

/** Asks as the viewer, below HTTP. */
export const askAs = async <T>(
  schema: GraphQLSchema,
  database: TestDatabase,
  viewer: Viewer | null,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<Answer<T>> => {
  const contextValue = new RequestContext(database.pools, NOW, { viewer });
  return JSON.parse(JSON.stringify(await graphql({ schema, source, variableValues, contextValue }))) as Answer<T>;
};
