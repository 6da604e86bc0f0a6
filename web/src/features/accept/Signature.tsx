import { useRef, type PointerEvent } from "react";
import type { Say } from "@/messages/accept";
import styles from "./Accept.module.css";

const WIDTH = 640;
const HEIGHT = 220;
const PEN = 3;

/** A place to sign with finger, pen or mouse; ink on paper in every theme. Told is the drawing as PNG, or null once it is cleared. */
export function Signature({ say, onChange }: { say: Say; onChange: (drawing: string | null) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef(false);
  const at = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT];
  };
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const pen = canvas.current?.getContext("2d");
    if (!pen || event.button > 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = true;
    pen.strokeStyle = getComputedStyle(event.currentTarget).color;
    pen.lineWidth = PEN;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    const [x, y] = at(event);
    pen.moveTo(x, y);
    // A dot is ink too.
    pen.lineTo(x + 0.1, y);
    pen.stroke();
  };
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const pen = canvas.current?.getContext("2d");
    if (!drawing.current || !pen) return;
    pen.lineTo(...at(event));
    pen.stroke();
  };
  const end = () => {
    if (!drawing.current) return;
    drawing.current = false;
    onChange(canvas.current?.toDataURL("image/png") ?? null);
  };
  const clear = () => {
    canvas.current?.getContext("2d")?.clearRect(0, 0, WIDTH, HEIGHT);
    onChange(null);
  };
  return (
    <div className={styles["sign"]}>
      <div className={styles["signHead"]}><span>{say("signature")}</span><button type="button" className={styles["quiet"]} onClick={clear}>{say("clear")}</button></div>
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} className={styles["paper"]} role="img" aria-label={say("signHere")} data-testid="signature" onPointerDown={begin} onPointerMove={draw} onPointerUp={end} onPointerCancel={end} />
      <small>{say("signHere")}</small>
    </div>
  );
}
