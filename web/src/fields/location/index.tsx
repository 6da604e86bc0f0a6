import { MapPin } from "lucide-react";
import { useSpeech } from "@/messages";
import type { CellProps, EditorProps, FieldUi, FilterProps } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { TextFilter, TextInput } from "../parts/TextInput";

interface Place {
  lat: number;
  lng: number;
}

const isPlace = (value: unknown): value is Place => typeof value === "object" && value !== null && "lat" in value && "lng" in value;
const text = (value: unknown) => (isPlace(value) ? `${value.lat},${value.lng}` : typeof value === "string" ? value : "");

/** Pages of maps, opened only by a click: no tile is asked for before. */
const MAPS: Record<string, (place: Place) => string> = {
  amap: ({ lat, lng }) => `https://uri.amap.com/marker?position=${lng},${lat}&coordinate=wgs84`,
  baidu: ({ lat, lng }) => `https://api.map.baidu.com/marker?location=${lat},${lng}&coord_type=wgs84&output=html&title=%20&content=%20`,
  tencent: ({ lat, lng }) => `https://apis.map.qq.com/uri/v1/marker?marker=coord:${lat},${lng}`,
  openstreetmap: ({ lat, lng }) => `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lng}#map=16/${lat}/${lng}`,
  google: ({ lat, lng }) => `https://www.google.com/maps?q=${lat},${lng}`,
};

function Cell({ value, field, linked }: CellProps) {
  const { t } = useSpeech();
  const map = MAPS[field.config.map ?? "amap"];
  if (!linked || !isPlace(value) || !map) return <>{text(value)}</>;
  return <a href={map(value)} target="_blank" rel="noopener noreferrer" title={t("value.openMap")}>{text(value)}</a>;
}

/** Latitude and longitude as they are copied from a map; the server reads them. */
const Editor = ({ value, ...rest }: EditorProps) => <TextInput {...rest} value={text(value)} />;
const Filter = (props: FilterProps) => <TextFilter {...props} />;

export const locationField: FieldUi = { icon: MapPin, width: 160, Cell, Editor, Filter, text, toWrite: (value) => (isPlace(value) ? { lat: value.lat, lng: value.lng } : value), ConfigForm: lazyConfig(() => import("./Config")) };
