import { Dropdown } from "antd";
import type { ReactElement, ReactNode } from "react";

export interface MenuEntry {
  key: string;
  label: ReactNode;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  onSelect?: () => void;
  divider?: boolean;
}

/** A menu on a button; entries are plain data so that screens do not know the widget. */
export function Menu({ entries, children, placement = "bottomRight" }: { entries: MenuEntry[]; children: ReactElement; placement?: "bottomRight" | "bottomLeft" | "topLeft" }) {
  const items = entries.map((entry) =>
    entry.divider
      ? { type: "divider" as const, key: entry.key }
      : { key: entry.key, label: entry.label, icon: entry.icon, danger: entry.danger ?? false, disabled: entry.disabled ?? false, onClick: () => entry.onSelect?.() },
  );
  return (
    <Dropdown trigger={["click"]} placement={placement} menu={{ items }}>
      {children}
    </Dropdown>
  );
}
