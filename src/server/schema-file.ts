import type { FastifyInstance } from "fastify";
import { DomainError } from "../lib/errors.ts";
import { sendWithEtag } from "./http/etag.ts";

export const serveSchema = (app: FastifyInstance, sdl: string, isOpen: boolean): void => {
  app.get("/schema.graphql", async (request, reply) => {
    if (!isOpen) throw new DomainError("FORBIDDEN", "The schema is not served here: INTROSPECTION is off");
    return sendWithEtag(request, reply.header("cache-control", "no-cache").type("text/plain; charset=utf-8"), sdl);
  });
};
