import type { FastifyInstance } from "fastify";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { NAME, serve } from "./serve-schema.ts";

describe("connections", () => {
  const opened = async (port: number) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes) => (text += String(bytes))).on("error", () => {});
    const closed = new Promise<string>((done) => socket.once("close", () => done(text)));
    await once(socket, "connect");
    return { socket, closed };
  };
  const countOf = ({ server }: FastifyInstance) => new Promise((done) => server.getConnections((_error, count) => done(count)));
  const asked = (port: number) =>
    new Promise<number | undefined>((done, fail) => {
      const body = JSON.stringify(NAME);
      const headers = { "content-type": "application/json", "content-length": body.length };
      const options = { port, host: "127.0.0.1", path: "/graphql", method: "POST", agent: false, headers };
      request(options, (answer) => answer.resume().once("end", () => done(answer.statusCode)))
        .on("error", fail)
        .end(body);
    });

  it.each([
    ["headers", "POST /graphql HTTP/1.1\r\nHost: x\r\n"],
    ["a body", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"],
  ])("that send %s too slowly are closed", async (_, start) => {
    const { port } = await serve({ timeouts: { headers: 200, request: 300 } });
    const { socket, closed } = await opened(port);
    socket.write(start);
    expect(await closed).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  it("beyond as many as there may be are closed unanswered, until others make room", async () => {
    const { app, port } = await serve({ maxConnections: 3 });
    const valid = [await opened(port), await opened(port), await opened(port)];
    await expect.poll(() => countOf(app)).toBe(3);
    for (let n = 0; n < 5; n++) expect(await (await opened(port)).closed).toBe("");
    await expect(asked(port)).rejects.toThrow();
    expect(await countOf(app)).toBe(3);
    valid[0]!.socket.end();
    await valid[0]!.closed;
    await expect.poll(() => countOf(app)).toBe(2);
    expect(await asked(port)).toBe(200);
  });

  it("without traffic are closed, before a first request and after one", async () => {
    const { app, port } = await serve({ maxConnections: 2, timeouts: { headers: 200, request: 300, idle: 200 } });
    const silent = await opened(port);
    const used = await opened(port);
    used.socket.write(
      `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"query":"{ name }"}`,
    );
    expect(await used.closed).toMatch(/^HTTP\/1\.1 200 [^]*nobody/);
    await silent.closed;
    await expect.poll(() => countOf(app)).toBe(0);
    expect(await asked(port)).toBe(200);
  });
});
