export interface ProgressOutput {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Progress {
  readonly at: (bytes: number, rows: number) => void;
  readonly end: (rows: number) => void;
}

const REDRAW_MS = 200;
const PLAIN_LINE_MS = 10_000;
const BAR_WIDTH = 24;
const CLEAR_TO_END = "\u001B[K";

/** Reports how much of a file of `total` bytes is read: one redrawn line on a terminal, otherwise a line every 10 s. `now` is in milliseconds. */
export const createProgress = (
  out: ProgressOutput,
  { label, total }: { readonly label: string; readonly total: number },
  now: () => number = Date.now,
): Progress => {
  const start = now();
  const isTerminal = out.isTTY === true;
  let last = isTerminal ? Number.NEGATIVE_INFINITY : start;
  const draw = (text: string) => out.write(`\r${text.slice(0, (out.columns ?? 80) - 1)}${CLEAR_TO_END}`);
  return {
    at: (bytes, rows) => {
      const time = now();
      if (time - last < (isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) return;
      last = time;
      const share = total > 0 ? Math.min(bytes / total, 1) : 1;
      const percent = `${Math.floor(share * 100)} %`;
      const pace = `${grouped(perSecond(rows, time - start))} rows/s, ${timeLeft(share, time - start)}`;
      if (isTerminal) draw(`${label} ${bar(share)} ${percent.padStart(5)}, ${pace}`);
      else out.write(`${label}: ${percent}, ${grouped(rows)} rows, ${pace}\n`);
    },
    end: (rows) => {
      const spent = now() - start;
      const text = `${label}: ${grouped(rows)} rows in ${duration(spent)}, ${grouped(perSecond(rows, spent))} rows/s`;
      if (isTerminal) draw(text);
      else out.write(text);
      out.write("\n");
    },
  };
};

const bar = (share: number): string => {
  const full = Math.floor(share * BAR_WIDTH);
  return `[${"#".repeat(full)}${".".repeat(BAR_WIDTH - full)}]`;
};

const perSecond = (rows: number, ms: number): number => Math.round(rows / (Math.max(ms, 1) / 1000));

const timeLeft = (share: number, spent: number): string =>
  share > 0 ? `${duration((spent * (1 - share)) / share)} left` : "remaining time unknown";

const grouped = (count: number): string => count.toLocaleString("en-US");

const duration = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};
