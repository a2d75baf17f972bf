import type { RunningServer } from "../../src/server/server.ts";

export interface CostAnswer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
  readonly extensions?: { cost?: { requested: number; maximum: number } };
}

/** The whole answer to an operation, with its status. */
export const askFor = async ({ url }: RunningServer, query: string, variables?: object): Promise<CostAnswer> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as object) };
};
