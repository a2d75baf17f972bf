import { createHash } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";

const MOST = 10_000;
/** Unverified credentials that are checked per second and address. */
const TRIALS = 10;

/** Credentials that are checked even after too many invalid ones from their address. */
export interface ValidCredentials {
  readonly add: (authorization: string) => void;
  readonly remove: (authorization: string) => void;
  /** True for a credential that was valid before; others are checked for a few per second only, so that guessing costs little. */
  readonly isAllowed: (authorization: string, network: string) => Promise<boolean>;
}

/** Remembers hashes of the last valid credentials: a guess matches none and evicts none. */
export const validCredentials = (holds: (authorization: string) => Promise<boolean>): ValidCredentials => {
  const valid = new Set<string>();
  const trials = new RateLimiterMemory({ keyPrefix: "trial", points: TRIALS, duration: 1 });
  const isTried = (network: string) =>
    trials.consume(network).then(
      () => true,
      () => false,
    );
  return {
    add: (authorization) => {
      const hash = hashOf(authorization);
      valid.delete(hash);
      valid.add(hash);
      if (valid.size > MOST) valid.delete(valid.values().next().value!);
    },
    remove: (authorization) => void valid.delete(hashOf(authorization)),
    isAllowed: async (authorization, network) =>
      valid.has(hashOf(authorization)) || ((await isTried(network)) && (await holds(authorization))),
  };
};

const hashOf = (authorization: string): string => createHash("sha256").update(authorization).digest("base64");
