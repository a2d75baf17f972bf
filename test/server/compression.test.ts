import { request } from "node:http";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { dossier, givenDossiers, IMPORT } from "../support/dossiers.ts";
import { codeOf, messageOf, post } from "../support/post.ts";

const LIMIT = 100_000;
const COUNTRY = { query: '{ unit(code: "VN", asOf: "2025-12-31") { children { code name children { code fullName } } } }' };

let service: TestService;
beforeAll(async () => {
  service = await startService("SEEDED", { bodyLimit: LIMIT });
});
afterAll(() => service.close());

interface Raw {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

/** As it comes over the wire; fetch would decompress it. */
const raw = (body: object, accepted?: string): Promise<Raw> =>
  new Promise((done, fail) => {
    const headers = { "content-type": "application/json", ...(accepted !== undefined && { "accept-encoding": accepted }) };
    const sent = request(service.server.url, { method: "POST", headers }, async (answer) => {
      done({ headers: answer.headers, bytes: Buffer.concat(await answer.toArray()) });
    });
    sent.on("error", fail).end(JSON.stringify(body));
  });

describe("an answer", () => {
  it.each([
    ["gzip", "gzip", gunzipSync],
    ["br", "br", brotliDecompressSync],
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["br;q=0.1, gzip", "gzip", gunzipSync],
  ])("is compressed for a client that accepts %s", async (accepted, coding, decompress) => {
    const plain = await raw(COUNTRY);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const compressed = await raw(COUNTRY, accepted);
    expect(compressed.headers["content-encoding"]).toBe(coding);
    expect(compressed.headers["vary"]).toMatch(/\baccept-encoding\b/);
    expect(compressed.bytes.length).toBeLessThan(plain.bytes.length / 5);
    expect(decompress(compressed.bytes).equals(plain.bytes)).toBe(true);
  });

  it("is uncompressed if it is short, or if the client accepts no supported coding", async () => {
    for (const [body, accepted] of [
      [{ query: "{ __typename }" }, "gzip, br"],
      [COUNTRY, "identity"],
      [COUNTRY, "compress"],
      [COUNTRY, "br;q=0, gzip;q=0"],
    ] as const) {
      const { headers, bytes } = await raw(body, accepted);
      expect(headers["content-encoding"]).toBeUndefined();
      expect(JSON.parse(bytes.toString())).toHaveProperty("data");
    }
  });
});

describe("a compressed body", () => {
  const body = JSON.stringify(COUNTRY);

  it.each([
    ["gzip", gzipSync(body)],
    ["GZIP", gzipSync(body)],
    ["x-gzip", gzipSync(body)],
    ["gzip", Buffer.concat([gzipSync(body.slice(0, 20)), gzipSync(body.slice(20))])],
    ["br", brotliCompressSync(body)],
    ["identity", Buffer.from(body)],
  ])("by %s is read", async (coding, bytes) => {
    const answer = await post(service.server.url, bytes, { "content-encoding": coding });
    expect(answer.body.data).toHaveProperty("unit.children");
  });

  it.each([
    ["deflate", gzipSync(body), 415],
    ["gzip, gzip", gzipSync(gzipSync(body)), 415],
    ["gzip, br", gzipSync(body), 415],
    ["constructor", gzipSync(body), 415],
    ["gzip", Buffer.from(body), 400],
    ["gzip", gzipSync(body).subarray(0, -9), 400],
    ["gzip", brotliCompressSync(body), 400],
    ["br", gzipSync(body), 400],
    ["br", brotliCompressSync(body).subarray(0, -1), 400],
  ])("with a false or unsupported coding %s is refused", async (coding, bytes, status) => {
    const answer = await post(service.server.url, bytes, { "content-encoding": coding });
    expect([answer.status, codeOf(answer)]).toEqual([status, "BAD_REQUEST"]);
    if (status !== 415) return;
    expect(messageOf(answer)).toContain(`content-encoding: "${coding}" is not accepted; must be gzip or br`);
    expect(answer.headers.get("accept-encoding")).toBe("gzip, br");
  });

  it("counts as long as it is when it is decompressed", async () => {
    const exact = (length: number) => gzipSync(body.padEnd(length));
    expect((await post(service.server.url, exact(LIMIT), { "content-encoding": "gzip" })).status).toBe(200);
    const answer = await post(service.server.url, exact(LIMIT + 1), { "content-encoding": "gzip" });
    expect([answer.status, codeOf(answer), messageOf(answer)]).toEqual([
      413,
      "LIMIT_EXCEEDED",
      `The body has more than ${LIMIT} bytes; the maximum is ${LIMIT} bytes`,
    ]);
  });

  it("of many dossiers counts for an officer as long as an officer's may be", async () => {
    const key = await givenDossiers(service);
    const dossiers = Array.from({ length: 800 }, (_, n) => dossier({ code: `n-${n}`, unit: "01558" }));
    const text = JSON.stringify({ query: IMPORT, variables: { source: "s", dossiers } });
    expect(text.length).toBeGreaterThan(LIMIT);
    const compressed = gzipSync(text);
    expect(compressed.length).toBeLessThan(LIMIT / 10);
    const headers = { "content-encoding": "gzip" };
    expect((await post(service.server.url, compressed, headers)).status).toBe(413);
    const answer = await post(service.server.url, compressed, { ...headers, authorization: `Bearer ${key}` });
    expect(answer.body.data).toMatchObject({ importDossiers: { report: { created: 800 } } });
    const other = gzipSync(JSON.stringify(COUNTRY).padEnd(LIMIT + 1));
    expect((await post(service.server.url, other, { ...headers, authorization: `Bearer ${key}` })).status).toBe(413);
  });

  const zeros = gzipSync(Buffer.alloc(10_000_000), { level: 9 });
  it.each([
    ["gzip", Buffer.concat(Array.from({ length: 10 }, () => zeros)).subarray(0, LIMIT)],
    ["br", brotliCompressSync(Buffer.alloc(100_000_000))],
  ])("by %s that would fill the memory is refused early during decompression", async (coding, bomb) => {
    expect(bomb.length).toBeLessThanOrEqual(LIMIT);
    const cpu = async (work: () => unknown) => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const refuse = async () => expect((await post(service.server.url, bomb, { "content-encoding": coding })).status).toBe(413);
    await refuse();
    const whole = await cpu(() =>
      coding === "br" ? brotliDecompressSync(bomb) : gunzipSync(Buffer.concat(Array.from({ length: 10 }, () => zeros))),
    );
    const { maxRSS } = process.resourceUsage();
    const refused = await cpu(async () => {
      for (let n = 0; n < 5; n++) await refuse();
    });
    expect(refused / 5).toBeLessThan(whole / 2);
    // All five decompressed would be 500 MB.
    expect(process.resourceUsage().maxRSS - maxRSS).toBeLessThan(100_000);
  });
});
