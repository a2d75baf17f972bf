import type { PoolLimits } from "../../database/database.ts";
import { Gate } from "../../database/gate.ts";
import type { Share } from "../../database/reader.ts";
import type { Env } from "../env.ts";

type Settings = Pick<Env, "statementsAddress" | "statementMsPublic">;

/** Anonymous callers share half of the connections, and each address a few of these, so that callers with a key always find one. */
export class PublicShare {
  readonly #settings: Settings;
  readonly #addresses = new Map<string, Gate>();
  #all: Gate | null = null;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  of(address: string, limits: PoolLimits): Share {
    const all = (this.#all ??= gateOf(Math.max(1, Math.floor(limits.poolSize / 2)), limits));
    const { statementsAddress: size, statementMsPublic: statementMs } = this.#settings;
    return { gates: size === 0 ? [all] : [this.#addressGate(address, size, limits), all], statementMs };
  }

  #addressGate(address: string, size: number, limits: PoolLimits): Gate {
    const known = this.#addresses.get(address);
    if (known) return known;
    for (const [other, gate] of this.#addresses) if (gate.isIdle) this.#addresses.delete(other);
    const made = gateOf(size, limits);
    this.#addresses.set(address, made);
    return made;
  }
}

const gateOf = (size: number, { poolQueue: queue, poolWaitMs: waitMs }: PoolLimits): Gate => new Gate({ size, queue, waitMs });
