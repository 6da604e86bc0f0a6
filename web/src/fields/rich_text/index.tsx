import { Skeleton } from "antd";
import { Text as TextIcon } from "lucide-react";
import { lazy, Suspense } from "react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import { TextFilter } from "../parts/TextInput";
import { drawn, plainOf } from "./html";
import styles from "./RichText.module.css";

const Write = lazy(() => import("./Write"));
const text = (value: unknown) => (typeof value === "string" ? plainOf(value) : "");

/** In lists one line of what it says; on the record's page the text as it was laid out. */
const Cell = ({ value, linked }: CellProps) => (linked && typeof value === "string" ? <div className={styles["text"]}>{drawn(value)}</div> : <>{text(value)}</>);

const Editor = (props: EditorProps) => (
  <Suspense fallback={<Skeleton active title={false} />}>
    <Write {...props} />
  </Suspense>
);

export const richTextField: FieldUi = { icon: TextIcon, width: 260, Cell, Editor, Filter: TextFilter, text, multiline: true, ConfigForm: lazyConfig(() => import("./Config")) };
