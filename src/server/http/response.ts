import type { HTTPGraphQLResponse } from "@apollo/server";

export interface WholeResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** Node writes a short text together with its headers, but megabytes of text several times as slowly as bytes. */
export const LONGEST_TEXT = 16_384;

/** Adds the end of the line to JSON, which takes longer than all else here where it is added to a long text. */
export const wholeResponse = ({ status = 200, headers, body }: HTTPGraphQLResponse): WholeResponse => {
  if (body.kind !== "complete") throw new Error("A chunked response was not requested");
  const { string: text } = body;
  const end = headers.get("content-type")?.includes("json") ? "\n" : "";
  const isLong = text.length > LONGEST_TEXT;
  return { status, headers: [...headers], body: isLong ? Buffer.concat([Buffer.from(text), Buffer.from(end)]) : text + end };
};

const DATA = '{"data":';

export const isSuccess = ({ status, body }: Pick<WholeResponse, "status" | "body">): boolean =>
  status === 200 && (typeof body === "string" ? body.startsWith(DATA) : body.toString("latin1", 0, DATA.length) === DATA);
