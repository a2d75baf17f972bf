import { Agent, request } from "node:http";

const CLIENTS = 64;

/** Answers a second that 64 clients get, each asking again as soon as it has its answer. @throws Error at the first answer that is not 200. */
export const throughput = async (url: string, body: string, seconds: number): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const bytes = Buffer.from(body);
  const ask = () =>
    new Promise<void>((done, fail) => {
      const sent = request(
        url,
        { agent, method: "POST", headers: { "content-type": "application/json", "content-length": bytes.length } },
        (answer) => {
          if (answer.statusCode !== 200) fail(new Error(`${url} answered ${answer.statusCode}`));
          answer.on("end", done).on("error", fail).resume();
        },
      );
      sent.on("error", fail).end(bytes);
    });
  const end = performance.now() + seconds * 1000;
  let answers = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < end) {
        await ask();
        answers++;
      }
    }),
  );
  agent.destroy();
  return answers / seconds;
};
