import type { HTTPGraphQLResponse } from "@apollo/server";

/** A response that is sent in one piece. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** Node writes a short text together with its headers, and one of megabytes several times as slowly as its bytes. */
export const LONGEST_TEXT = 16_384;

/** @throws Error for a response in parts. */
export const wholeResponse = ({ status = 200, headers, body }: HTTPGraphQLResponse): WholeResponse => {
  if (body.kind !== "complete") throw new Error("An answer in parts was not asked for");
  return { status, headers: [...headers], body: body.string.length > LONGEST_TEXT ? Buffer.from(body.string) : body.string };
};

const DATA = '{"data":';

/** Whether the operation ran, and found all that it was asked for. */
export const isSuccess = ({ status, body }: Pick<WholeResponse, "status" | "body">): boolean =>
  status === 200 && (typeof body === "string" ? body.startsWith(DATA) : body.toString("latin1", 0, DATA.length) === DATA);
