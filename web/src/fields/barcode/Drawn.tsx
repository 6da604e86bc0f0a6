import { code128, drawingSVG, ean13, ean8, qrcode, upca } from "bwip-js/browser";
import { useMemo } from "react";
import { useSpeech } from "@/messages";

const SYMBOLS = { ean13, ean8, upca, code128, qr: qrcode } as const;
const LONGEST_LINEAR = 40;

/** Of any text, what one symbol after the other can hold: a short plain one as bars, the rest as a square. */
const formOf = (format: string, value: string) =>
  format in SYMBOLS ? (format as keyof typeof SYMBOLS) : value.length <= LONGEST_LINEAR && /^[ -~]+$/.test(value) ? "code128" : "qr";

function draw(value: string, format: string): string | null {
  const form = formOf(format, value);
  try {
    const svg = SYMBOLS[form]({ bcid: form === "qr" ? "qrcode" : form, text: value, scale: 2, ...(form === "qr" ? {} : { height: 10 }), padding: 4, backgroundcolor: "ffffff" }, drawingSVG());
    return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
  } catch {
    return null;
  }
}

/** The code as a picture. Bars stay dark on white in every theme: scanners expect it. */
export default function Drawn({ value, format }: { value: string; format: string }) {
  const { t } = useSpeech();
  const source = useMemo(() => draw(value, format), [value, format]);
  if (source === null) return <span style={{ color: "var(--muted)", fontSize: 12 }}>{t("value.barcodeFailed")}</span>;
  return <img src={source} alt={t("value.barcodeOf", { value })} style={{ maxWidth: "100%", maxHeight: 120, objectFit: "contain", objectPosition: "left", borderRadius: 4 }} />;
}
