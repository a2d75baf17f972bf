import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Maximum size of the embedded server's log, which is truncated from its start. */
export const LOG_LIMIT = 1_000_000;
const KEEP_BYTES = 100_000;
const EVERY_MS = 10_000;

export const watchLog = (file: string): (() => void) => {
  let isLooking = false;
  const look = () => {
    if (isLooking) return;
    isLooking = true;
    void boundLog(file)
      .catch(() => {})
      .finally(() => (isLooking = false));
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};

/** The server appends at the end of the file. Its user may write the folder, so links are not followed. */
export const boundLog = async (file: string): Promise<void> => {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const log = await open(file, O_RDWR | O_APPEND | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0)).catch(() => null);
  if (!log) return;
  try {
    const { size, nlink } = await log.stat();
    if (size > LOG_LIMIT && nlink === 1) await cut(log, size);
  } finally {
    await log.close();
  }
};

const cut = async (log: FileHandle, size: number): Promise<void> => {
  const { buffer, bytesRead } = await log.read(Buffer.alloc(KEEP_BYTES), 0, KEEP_BYTES, size - KEEP_BYTES);
  await log.truncate(0);
  const end = buffer.subarray(0, bytesRead);
  await log.appendFile(end.subarray(end.indexOf("\n") + 1));
};
