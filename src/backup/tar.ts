/** A file of a tar archive, small enough for memory. */
export interface TarMember {
  readonly name: string;
  readonly data: Buffer;
}

const BLOCK = 512;
/** Maximum size, above that of every written file. */
const LARGEST = 64 << 20;

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK;
const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;

const checksumOf = (header: Buffer): number => header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

export async function* packTar(members: AsyncIterable<TarMember>, at: Date): AsyncGenerator<Buffer> {
  for await (const { name, data } of members) {
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0, 100);
    header.write(octal(0o600, 8) + octal(0, 8) + octal(0, 8) + octal(data.length, 12) + octal(Math.floor(at.getTime() / 1000), 12), 100);
    header.write("0", 156);
    header.write("ustar\x0000", 257);
    header.write(`${checksumOf(header).toString(8).padStart(6, "0")}\0 `, 148);
    yield header;
    yield data;
    yield Buffer.alloc(padded(data.length) - data.length);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** @throws Error for an invalid or incomplete archive. */
export async function* unpackTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarMember> {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const take = async (size: number): Promise<Buffer> => {
    const parts = [rest];
    let length = rest.length;
    while (length < size) {
      const next = await chunks.next();
      if (next.done) throw new Error("it is incomplete");
      parts.push(next.value);
      length += next.value.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(size);
    return all.subarray(0, size);
  };
  for (;;) {
    const header = await take(BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const field = (from: number, to: number) => header.toString("latin1", from, to).replace(/[\0 ].*$/s, "");
    if (Number.parseInt(field(148, 156), 8) !== checksumOf(header)) throw new Error("it is not a tar archive, or a damaged one");
    const size = Number.parseInt(field(124, 136), 8);
    if (!(size <= LARGEST)) throw new Error("a file in it is too large");
    yield { name: header.toString("utf8", 0, 100).replace(/\0.*$/s, ""), data: (await take(padded(size))).subarray(0, size) };
  }
  const end = await take(BLOCK);
  if (rest.length > 0 || end.some((byte) => byte !== 0) || !(await chunks.next()).done) throw new Error("it continues after its end");
}
