import { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import { INTERNAL, INTERNAL_MESSAGE } from "../../lib/error-codes.ts";
import { type Head, headOf } from "./status.ts";

interface Failure extends Head {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

const failureOf = (error: FastifyError | Error): Failure => {
  if (error instanceof GraphQLError) {
    const { http, ...extensions } = error.extensions;
    return { message: error.message, extensions, ...((http as Head | undefined) ?? headOf(extensions)) };
  }
  const status = "statusCode" in error && error.statusCode !== undefined ? error.statusCode : 500;
  if (status < 500) return { status, headers: new Map(), message: error.message, extensions: { code: "BAD_REQUEST" } };
  return { ...headOf({ code: INTERNAL }), message: INTERNAL_MESSAGE, extensions: { code: INTERNAL } };
};

/** `failed` is called with the code of the response. */
export const sendFailure = (
  failed: (error: Error, request: FastifyRequest, code: string) => void,
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  const { status, headers, message, extensions } = failureOf(error);
  failed(error, request, String(extensions["code"]));
  for (const [name, value] of headers) void reply.header(name, value);
  // The rest of a refused body is discarded, because closing the connection could prevent the refusal from arriving.
  return reply
    .removeHeader("connection")
    .code(status)
    .send({ errors: [{ message, extensions }] });
};
