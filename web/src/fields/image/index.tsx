import { Image as Picture } from "lucide-react";
import type { CellProps, EditorProps, FieldUi } from "../contract";
import styles from "../file/File.module.css";
import { contentOf, heldOf, namesOf, thumbnailOf } from "../file/files";
import { Upload } from "../file/Upload";
import { lazyConfig } from "../parts/configForm";
import { TextFilter } from "../parts/TextInput";

const Cell = ({ value, linked }: CellProps) => (
  <span className={styles["pictures"]}>
    {heldOf(value).map((file) => {
      const small = <img key={file.id} className={styles[linked ? "large" : "small"]} src={thumbnailOf(file)} alt={file.name} loading="lazy" />;
      return linked ? <a key={file.id} href={contentOf(file)} target="_blank" rel="noopener noreferrer">{small}</a> : small;
    })}
  </span>
);
const Editor = (props: EditorProps) => <Upload {...props} accept="image/png,image/jpeg,image/gif,image/webp" show={(file) => <img className={styles["large"]} src={thumbnailOf(file)} alt={file.name} />} />;

export const imageField: FieldUi = { icon: Picture, width: 140, multiline: true, Cell, Editor, Filter: TextFilter, text: namesOf, ConfigForm: lazyConfig(() => import("./Config")) };
