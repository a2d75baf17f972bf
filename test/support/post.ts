export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
}

const JSON_TYPE = { "content-type": "application/json" };

/** One request as it is, and all of its answer. */
export const send = async (url: string, init: RequestInit): Promise<Posted> => {
  const { status, headers, ...response } = await fetch(url, init).then(async (one) => ({
    ...{ status: one.status, headers: one.headers, text: await one.text() },
  }));
  const isJson = headers.get("content-type")?.includes("json") ?? false;
  return { status, headers, text: response.text, body: isJson && response.text ? (JSON.parse(response.text) as Posted["body"]) : {} };
};

/** A body of JSON, or of text that should be. */
export const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Posted> =>
  send(url, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });

export const codeOf = ({ body }: Posted): unknown => body.errors?.[0]?.extensions["code"];
export const messageOf = ({ body }: Posted): string => body.errors?.[0]?.message ?? "";
