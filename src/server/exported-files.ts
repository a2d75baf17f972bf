import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestContext } from "../access/request-context.ts";
import { EXPORT_KINDS, exportAssessment, type ExportKind } from "../exports/assessment-file.service.ts";
import { DomainError } from "../lib/errors.ts";
import { MEDIA_TYPES, TABLE_FORMATS, type TableFormat } from "../lib/files/printed-table.ts";
import { varyBy } from "./http/etag.ts";

type Route = { Params: { kind: string; file: string } };

const FILE = new RegExp(`^([\\w-]{1,100})\\.(${TABLE_FORMATS.join("|")})$`);

/** Serves `/exports/sheet/<id>.xlsx` and `/exports/standings/<id>.csv` to those who may see them. */
export const serveExports = (
  app: FastifyInstance,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>,
): void => {
  app.get<Route>("/exports/:kind/:file", async (request, reply) => {
    varyBy(reply, "authorization");
    const { kind, file } = request.params;
    const [, id, format] = FILE.exec(file) ?? [];
    if (id === undefined || !EXPORT_KINDS.includes(kind as ExportKind))
      throw new DomainError(
        "NOT_FOUND",
        `There is no such file; there are ${EXPORT_KINDS.map((one) => `/exports/${one}/<id>.${TABLE_FORMATS.join("|")}`).join(" and ")}`,
      );
    const context = await contextOf(request, reply);
    if (context.viewer === null)
      throw new DomainError("UNAUTHENTICATED", "This needs a key or token with the role VIEWER, sent as Authorization: Bearer");
    const { name, content } = await exportAssessment(context, kind as ExportKind, id, format as TableFormat);
    return reply
      .header("cache-control", "no-store")
      .header("content-disposition", `attachment; filename="${name}.${format}"`)
      .type(MEDIA_TYPES[format as TableFormat])
      .send(content);
  });
};
