import { useRef, useState } from "react";
import type { EditorProps } from "./contract";
import { fieldUi } from "./registry";

type Props = Omit<EditorProps, "onChange" | "onCommit" | "onCancel"> & {
  onCommit: (value: unknown) => void;
  onCancel: () => void;
  /** What is typed meanwhile: other fields may come and go by it. */
  onType?: (value: unknown) => void;
};

/**
 * An editor that ends exactly once: Enter, Escape or leaving it. Taking it away moves the focus and so would otherwise
 * commit a second time, or commit what Escape had just discarded.
 */
export function InPlaceEditor({ value: initial, field, onCommit, onCancel, onType, ...rest }: Props) {
  const [value, setValue] = useState<unknown>(initial);
  const ended = useRef(false);
  const { Editor } = fieldUi(field);
  const end = (run: () => void) => {
    if (ended.current) return;
    ended.current = true;
    run();
  };
  const type = (next: unknown) => {
    setValue(next);
    onType?.(next);
  };
  return <Editor {...rest} field={field} value={value} onChange={type} onCommit={(next) => end(() => onCommit(next))} onCancel={() => end(onCancel)} />;
}
