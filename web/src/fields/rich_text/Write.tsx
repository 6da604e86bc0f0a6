import { EditorContent, useEditor, useEditorState, type Editor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { Button, Input } from "antd";
import { AtSign, Bold, Heading2, Italic, Link, List, ListOrdered } from "lucide-react";
import { useState } from "react";
import { useSpeech } from "@/messages";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import type { EditorProps } from "../contract";
import { Choose } from "../parts/Choose";
import { EndButtons } from "../parts/EndButtons";
import { useCandidates } from "../relation/references";
import { Mention } from "./mention";
import styles from "./RichText.module.css";

type Asked = "link" | "mention" | null;

function People({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const { t } = useSpeech();
  const [typed, setTyped] = useState("");
  const { options, loading } = useCandidates("user", typed, true);
  const name = (id: unknown) => {
    const person = options.find((option) => option.value === id)?.reference;
    if (person) editor.chain().focus().insertContent([{ type: "mention", attrs: { id: person.id, label: person.label ?? "" } }, { type: "text", text: " " }]).run();
    onDone();
  };
  return <Choose label={t("rich.mention")} autoFocus value={null} options={options} loading={loading} placeholder={t("value.searchPlaceholder")} onSearch={setTyped} onPick={name} onCancel={onDone} />;
}

function LinkTo({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const { t } = useSpeech();
  const [href, setHref] = useState(String(editor.getAttributes("link")["href"] ?? "https://"));
  const set = () => {
    const chain = editor.chain().focus().extendMarkRange("link");
    if (/^(https?:\/\/|mailto:)./.test(href)) chain.setLink({ href }).run();
    else chain.unsetLink().run();
    onDone();
  };
  return (
    <>
      <Input size="small" autoFocus aria-label={t("rich.linkTo")} value={href} onChange={(event) => setHref(event.target.value)} onPressEnter={set} />
      <Button size="small" onClick={set}>{t("rich.linkSet")}</Button>
    </>
  );
}

function Bar({ editor, asked, onAsk }: { editor: Editor; asked: Asked; onAsk: (asked: Asked) => void }) {
  const { t } = useSpeech();
  const on = useEditorState({
    editor,
    selector: ({ editor: at }) => ({ bold: at.isActive("bold"), italic: at.isActive("italic"), heading: at.isActive("heading"), list: at.isActive("bulletList"), numbers: at.isActive("orderedList"), link: at.isActive("link") }),
  });
  const run = () => editor.chain().focus();
  const tools = [
    ["rich.bold", Bold, on.bold, () => run().toggleBold().run()],
    ["rich.italic", Italic, on.italic, () => run().toggleItalic().run()],
    ["rich.heading", Heading2, on.heading, () => run().toggleHeading({ level: 2 }).run()],
    ["rich.list", List, on.list, () => run().toggleBulletList().run()],
    ["rich.numbers", ListOrdered, on.numbers, () => run().toggleOrderedList().run()],
    ["rich.link", Link, on.link, () => onAsk(asked === "link" ? null : "link")],
    ["rich.mention", AtSign, false, () => onAsk(asked === "mention" ? null : "mention")],
  ] as const;
  return (
    <div className={styles["bar"]} role="toolbar" aria-label={t("rich.tools")}>
      {tools.map(([label, Icon, pressed, act]) => (
        <IconButton key={label} small label={t(label)} aria-pressed={pressed} onMouseDown={(event) => event.preventDefault()} onClick={act}><Icon size={14} /></IconButton>
      ))}
    </div>
  );
}

/** Loaded when somebody first writes: bold, italic, headings, lists, links and people named with @. */
export default function Write({ value, onChange, onCommit, onCancel, describedBy, invalid, autoFocus, label, id }: EditorProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const editor = useEditor({
    extensions: [StarterKit.configure({ heading: { levels: [1, 2, 3] }, link: { openOnClick: false, protocols: ["mailto"] } }), Mention],
    content: typeof value === "string" ? value : "",
    autofocus: autoFocus ? "end" : false,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", ...(id ? { id } : {}), ...(label ? { "aria-label": label } : {}), ...(describedBy ? { "aria-describedby": describedBy } : {}) },
      handleKeyDown: (_view, event) => {
        if (event.key !== "@") return false;
        setAsked("mention");
        return true;
      },
    },
    onUpdate: ({ editor: at }) => onChange(at.isEmpty ? null : at.getHTML()),
  });
  const done = () => setAsked(null);
  return (
    <div
      className={cx(styles["editor"], invalid && styles["invalid"])}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onCommit?.(editor.isEmpty ? null : editor.getHTML());
        if (event.key !== "Escape" || !onCancel) return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <Bar editor={editor} asked={asked} onAsk={setAsked} />
      {asked && <div className={styles["ask"]}>{asked === "link" ? <LinkTo editor={editor} onDone={done} /> : <People editor={editor} onDone={done} />}</div>}
      <div className={cx(styles["text"], styles["area"])}><EditorContent editor={editor} /></div>
      {onCommit && <div style={{ padding: 6 }}><EndButtons onSave={() => onCommit(editor.isEmpty ? null : editor.getHTML())} onCancel={onCancel} /></div>}
    </div>
  );
}
