import { Paperclip } from "lucide-react";
import { TextFilter } from "../parts/TextInput";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import { lazyConfig } from "../parts/configForm";
import styles from "./File.module.css";
import { contentOf, heldOf, namesOf, sizeText, type Held } from "./files";
import { Upload } from "./Upload";

const One = ({ file, linked }: { file: Held; linked?: boolean | undefined }) => (
  <>
    {linked ? <a className={styles["name"]} href={contentOf(file)} target="_blank" rel="noopener noreferrer">{file.name}</a> : <span className={styles["name"]}>{file.name}</span>}
    <span className={styles["size"]}>{sizeText(file.size)}</span>
  </>
);
const Cell = ({ value, linked }: CellProps) => <span className={styles["chips"]}>{heldOf(value).map((file) => <One key={file.id} file={file} linked={linked} />)}</span>;

function Editor(props: EditorProps) {
  const accept = props.field.config.accept?.map((ending) => `.${ending}`).join(",");
  return <Upload {...props} accept={accept || undefined} show={(file) => <One file={file} linked />} />;
}

export const fileField: FieldUi = { icon: Paperclip, width: 200, multiline: true, Cell, Editor, Filter: TextFilter, text: namesOf, ConfigForm: lazyConfig(() => import("./Config")) };
