import { describe, expect, it } from "vitest";
import { sharedWork } from "../../src/database/shared-work.ts";

/** Work that ends when it is told to, and what became of it. */
const world = () => {
  const pool = {};
  const begun: { readonly signal: AbortSignal; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const ask = (name: string, signal?: AbortSignal) => {
    const work = (all: AbortSignal) => new Promise<void>((end, fail) => begun.push({ signal: all, end, fail }));
    return sharedWork(pool, name, work, signal).then(
      () => "done",
      (error: Error) => error.message,
    );
  };
  return { begun, ask };
};

describe("work that many ask for", () => {
  it("runs once for concurrent callers, and again for a later one", async () => {
    const { begun, ask } = world();
    const asked = [ask("a"), ask("a"), ask("b")];
    expect(begun).toHaveLength(2);
    for (const { end } of begun) end();
    expect(await Promise.all(asked)).toEqual(["done", "done", "done"]);
    const again = ask("a");
    expect(begun).toHaveLength(3);
    begun[2]!.end();
    expect(await again).toBe("done");
  });

  it("continues for the remaining callers, and is aborted when all have disconnected; a later caller starts it again", async () => {
    const { begun, ask } = world();
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [ask("a", first.signal), ask("a", second.signal)];
    first.abort(new Error("gone"));
    expect(await asked[0]).toBe("gone");
    expect(begun[0]!.signal.aborted).toBe(false);
    second.abort(new Error("gone, too"));
    expect(await asked[1]).toBe("gone, too");
    expect(begun[0]!.signal.aborted).toBe(true);
    const third = ask("a", new AbortController().signal);
    expect(begun).toHaveLength(2);
    begun[0]!.fail(new Error("aborted"));
    begun[1]!.end();
    expect(await third).toBe("done");
  });

  it("does not start for a disconnected caller, and fails for all", async () => {
    const { begun, ask } = world();
    expect(await ask("a", AbortSignal.abort(new Error("gone before")))).toBe("gone before");
    expect(begun).toHaveLength(0);
    const asked = [ask("a"), ask("a", new AbortController().signal)];
    begun[0]!.fail(new Error("failed"));
    expect(await Promise.all(asked)).toEqual(["failed", "failed"]);
  });
});
