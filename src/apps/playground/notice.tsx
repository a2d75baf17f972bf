export type Notify = (text: string) => void;

export const Notice = ({ text, notify }: { text: string; notify: Notify }) => (
  <div role="status" className="notice" hidden={!text}>
    <span>{text}</span>
    <button type="button" aria-label="Đóng (close)" onClick={() => notify("")}>
      ×
    </button>
  </div>
);
