import type { FastifyInstance } from "fastify";
import type { Log } from "../running/log.ts";

/** Says once that somebody names other addresses than its own: all that come through a proxy which is not trusted count as one. */
export const warnOfUntrustedProxy = (app: FastifyInstance, log: Log): void => {
  let isTold = false;
  app.addHook("onRequest", async ({ headers, ip }) => {
    if (isTold || headers["x-forwarded-for"] === undefined) return;
    isTold = true;
    log.warn(
      `${ip} sends X-Forwarded-For, which is not believed: if it is a proxy of yours, name it in TRUSTED_PROXIES, for else all who come through it count as one address`,
    );
  });
};
