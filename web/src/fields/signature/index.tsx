import { Signature } from "lucide-react";
import type { CellProps, FieldUi } from "../contract";
import styles from "../file/File.module.css";
import { heldOf, namesOf, thumbnailOf } from "../file/files";
import { TextFilter } from "../parts/TextInput";
import { Pad } from "./Pad";

const Cell = ({ value }: CellProps) => <>{heldOf(value).map((file) => <img key={file.id} className={styles["drawn"]} src={thumbnailOf(file)} alt={file.name} />)}</>;

export const signatureField: FieldUi = { icon: Signature, width: 140, multiline: true, Cell, Editor: Pad, Filter: TextFilter, text: namesOf };
