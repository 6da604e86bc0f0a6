import { Select } from "antd";
import type { ReactNode } from "react";
import { useSpeech } from "@/messages";
import type { EditorProps } from "../contract";

export interface Option {
  value: string;
  text: string;
  node?: ReactNode;
}

interface Props extends Pick<EditorProps, "onCancel" | "id" | "describedBy" | "invalid" | "autoFocus" | "label" | "bare"> {
  value: string | string[] | null;
  options: Option[];
  many?: boolean;
  onPick: (value: string | string[] | null) => void;
  onLeave?: () => void;
  /** Given when the server does the searching. */
  onSearch?: (text: string) => void;
  loading?: boolean;
  clearable?: boolean;
  placeholder?: string;
}

/** A drop-down of options that opens at once when it was asked for in place. */
export function Choose({ value, options, many, onPick, onLeave, onSearch, loading, clearable = true, placeholder, onCancel, id, describedBy, invalid, autoFocus, label, bare }: Props) {
  const { t } = useSpeech();
  const search = onSearch
    ? { filterOption: false as const, onSearch }
    : { filterOption: (typed: string, option?: { text: string }) => (option?.text ?? "").toLowerCase().includes(typed.toLowerCase()) };
  return (
    <Select<string | string[] | null, Option & { label: ReactNode }>
      {...(id ? { id } : {})}
      {...(many ? { mode: "multiple" as const, maxTagCount: "responsive" as const } : {})}
      style={{ width: "100%" }}
      value={value ?? (many ? [] : null)}
      options={options.map((option) => ({ ...option, label: option.node ?? option.text }))}
      showSearch={search}
      allowClear={clearable}
      loading={loading ?? false}
      variant={bare ? "borderless" : "outlined"}
      status={invalid ? "error" : ""}
      autoFocus={autoFocus ?? false}
      defaultOpen={Boolean(autoFocus && bare)}
      placeholder={placeholder ?? t("value.selectPlaceholder")}
      notFoundContent={loading ? t("state.loading") : t("state.emptySearch")}
      popupMatchSelectWidth={false}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(next) => onPick(next === undefined ? null : next)}
      onBlur={() => onLeave?.()}
      onKeyDown={(event) => {
        if (event.key === "Escape" && onCancel) {
          event.stopPropagation();
          onCancel();
        }
      }}
    />
  );
}
