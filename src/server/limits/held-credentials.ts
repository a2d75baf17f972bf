import { createHash } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";

const MOST = 10_000;
/** How many that are not known to hold are looked at in a second, of one address. */
const TRIALS = 10;

/** Which keys and tokens are looked at though their address has sent too many wrong ones. */
export interface HeldCredentials {
  /** It holds. */
  readonly keep: (authorization: string) => void;
  /** It does not, or no longer. */
  readonly forget: (authorization: string) => void;
  /** True of what held before; of others where they hold, which is found out for a few of them only, so that guessing costs little. */
  readonly mayPass: (authorization: string, network: string) => Promise<boolean>;
}

/** Knows the last that held by their hashes: whoever guesses finds nothing among them, and takes nobody's place. */
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
