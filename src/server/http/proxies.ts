import type { FastifyInstance } from "fastify";
import type { Log } from "../running/log.ts";

/** Warns once about X-Forwarded-For from an untrusted proxy, because all its clients count as one address. */
export const warnOfUntrustedProxy = (app: FastifyInstance, log: Log): void => {
  let hasWarned = false;
  app.addHook("onRequest", async ({ headers, ip }) => {
    if (hasWarned || headers["x-forwarded-for"] === undefined) return;
    hasWarned = true;
    log.warn(
      `${ip} sends X-Forwarded-For, which is ignored: if it is your proxy, add it to TRUSTED_PROXIES; otherwise all its clients count as one address`,
    );
  });
};
