import { Button } from "antd";
import { useRef, useState, type PointerEvent } from "react";
import { useSpeech } from "@/messages";
import { complain } from "@/ui/says";
import type { EditorProps } from "../contract";
import styles from "../file/File.module.css";
import { heldOf, send, thumbnailOf } from "../file/files";

const WIDTH = 3;

/** Drawn with finger, pen or mouse; kept as a picture when it is accepted. */
export function Pad({ value, field, onChange, onCommit, onCancel, label, describedBy }: EditorProps) {
  const { t } = useSpeech();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  const held = heldOf(value)[0];
  const brush = (event: PointerEvent<HTMLCanvasElement>, begin: boolean) => {
    const target = canvas.current;
    const context = target?.getContext("2d");
    if (!target || !context || (!begin && event.buttons === 0)) return;
    const box = target.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) * target.width) / box.width, ((event.clientY - box.top) * target.height) / box.height];
    if (begin) {
      target.setPointerCapture(event.pointerId);
      context.beginPath();
      context.moveTo(x, y);
      return;
    }
    Object.assign(context, { lineWidth: WIDTH, lineCap: "round", strokeStyle: getComputedStyle(target).getPropertyValue("--ink") });
    context.lineTo(x, y);
    context.stroke();
    setDrawn(true);
  };
  const clear = () => {
    canvas.current?.getContext("2d")?.clearRect(0, 0, canvas.current.width, canvas.current.height);
    setDrawn(false);
    onChange(null);
  };
  const accept = () =>
    canvas.current?.toBlob((picture) => {
      if (!picture) return;
      send(field.id, picture, "signature.png").then((file) => (onCommit ?? onChange)([file])).catch((error: unknown) => complain(error, t));
    }, "image/png");
  return (
    <span>
      {held ? <img className={styles["drawn"]} src={thumbnailOf(held)} alt={held.name} /> : (
        <canvas ref={canvas} className={styles["pad"]} width={840} height={280} role="img" aria-label={label ?? t("file.sign")} aria-describedby={describedBy} onPointerDown={(event) => brush(event, true)} onPointerMove={(event) => brush(event, false)} />
      )}
      <span style={{ display: "flex", gap: 6, justifyContent: "flex-end" }}>
        <Button size="small" onClick={clear}>{t("action.clear")}</Button>
        {onCancel && <Button size="small" onClick={onCancel}>{t("action.cancel")}</Button>}
        {held ? onCommit && <Button size="small" type="primary" onClick={() => onCommit(null)}>{t("action.save")}</Button> : <Button size="small" type="primary" disabled={!drawn} onClick={accept}>{t("file.accepted")}</Button>}
      </span>
    </span>
  );
}
