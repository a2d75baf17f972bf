import { createHash } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";

const MOST = 10_000;
/** Unverified credentials that are checked per second and address. */
const TRIALS = 10;

/** Credentials that are checked even after too many invalid ones from their address. */
export interface HeldCredentials {
  readonly keep: (authorization: string) => void;
  readonly forget: (authorization: string) => void;
  /** True for a credential that was valid before; others are checked for a few per second only, so that guessing costs little. */
  readonly mayPass: (authorization: string, network: string) => Promise<boolean>;
}

/** Remembers hashes of the last valid credentials: a guess matches none and evicts none. */
export const heldCredentials = (holds: (authorization: string) => Promise<boolean>): HeldCredentials => {
  const held = new Set<string>();
  const trials = new RateLimiterMemory({ keyPrefix: "trial", points: TRIALS, duration: 1 });
  const isTried = (network: string) =>
    trials.consume(network).then(
      () => true,
      () => false,
    );
  return {
    keep: (authorization) => {
      const hash = hashOf(authorization);
      held.delete(hash);
      held.add(hash);
      if (held.size > MOST) held.delete(held.values().next().value!);
    },
    forget: (authorization) => void held.delete(hashOf(authorization)),
    mayPass: async (authorization, network) =>
      held.has(hashOf(authorization)) || ((await isTried(network)) && (await holds(authorization))),
  };
};

const hashOf = (authorization: string): string => createHash("sha256").update(authorization).digest("base64");
