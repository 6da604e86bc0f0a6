import { useSpeech } from "@/messages";
import type { ConfigProps } from "../contract";
import { PickRow } from "../parts/ConfigRows";

export default function BarcodeConfig({ config, onChange, errors }: ConfigProps) {
  const { t } = useSpeech();
  const options = [
    { value: "any", text: t("config.barcode.any") },
    { value: "qr", text: t("config.barcode.qr") },
    ...[["ean13", "EAN-13"], ["ean8", "EAN-8"], ["upca", "UPC-A"], ["code128", "Code 128"]].map(([value, text]) => ({ value: value!, text: text! })),
  ];
  return <PickRow label={t("config.format")} value={config.format ?? "any"} options={options} error={errors["format"]} onChange={(format) => onChange({ ...config, format })} />;
}
