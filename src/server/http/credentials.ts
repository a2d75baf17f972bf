import type { FastifyRequest } from "fastify";
import type { Viewer } from "../../access/viewer.ts";

/** Who was found to send the request; null for nobody, and for one whose credentials do not hold. */
export const viewerOf = (request: FastifyRequest): Viewer | null => (request as { readonly viewer?: Viewer | null }).viewer ?? null;

export const hasCredentials = ({ headers }: FastifyRequest): boolean => headers.authorization !== undefined;
