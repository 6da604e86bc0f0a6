import { Button, Checkbox, Input, Segmented, Switch } from "antd";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ProblemError } from "@/api/client";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Drawing, type DrawingKind } from "@/ui/Drawing";
import { FormRow } from "@/ui/FormRow";
import { IconButton } from "@/ui/IconButton";
import { Mark, ObjectMark } from "@/ui/Mark";
import { Menu } from "@/ui/Menu";
import { Panel } from "@/ui/Panel";
import { Bone, ErrorState, State } from "@/ui/State";
import { Dot, Tag } from "@/ui/Tag";
import { toast } from "@/ui/toast";
import styles from "./Components.module.css";
import { sampleField, samples } from "./samples";

const COLOURS = ["blue", "cyan", "green", "yellow", "amber", "orange", "red", "pink", "violet", "grey"];
const DRAWINGS: DrawingKind[] = ["rows", "board", "search", "error", "denied", "missing", "file"];
const SURFACES = ["bg", "subtle", "sunken", "raised", "hover", "accent-soft", "warning-soft"];
const INKS = ["fg", "muted", "faint", "accent", "danger", "warning"];

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section className={styles["part"]} aria-label={title}><h2>{title}</h2><div className={styles["row"]}>{children}</div></section>;
}

function Colours() {
  return (
    <Part title="Tokens">{/* strings-ok: names of tokens */}
      {SURFACES.map((name) => <span key={name} className={styles["surface"]} style={{ background: `var(--${name})` }}>{name}</span>)}
      {INKS.map((name) => <span key={name} style={{ color: `var(--${name})` }}>{name}</span>)}
    </Part>
  );
}

function Buttons() {
  const { t } = useSpeech();
  return (
    <Part title="Buttons">{/* strings-ok: names of parts */}
      <Button type="primary">{t("action.save")}</Button><Button>{t("action.cancel")}</Button><Button type="text">{t("action.more")}</Button><Button danger>{t("action.delete")}</Button>
      <Button type="primary" disabled>{t("action.save")}</Button><Button type="primary" loading>{t("action.save")}</Button><Button size="small" icon={<Plus size={13} />}>{t("action.create")}</Button>
      <IconButton label={t("action.edit")}><Pencil size={16} /></IconButton><IconButton small label={t("action.delete")}><Trash2 size={13} /></IconButton><IconButton label={t("action.copy")} disabled><Plus size={16} /></IconButton>
    </Part>
  );
}

function Inputs() {
  const { t } = useSpeech();
  return (
    <Part title="Forms">{/* strings-ok: names of parts */}
      <div className={styles["form"]}>
        <FormRow label={t("value.me")} required help={t("value.searchPlaceholder")}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} placeholder={t("value.searchPlaceholder")} />}</FormRow>
        <FormRow label={t("value.me")} error={t("state.network")}>{({ id, describedBy }) => <Input id={id} aria-describedby={describedBy} status="error" defaultValue="x" />}</FormRow>
        <FormRow label={t("value.me")}>{({ id }) => <Input id={id} disabled value="x" readOnly />}</FormRow>
      </div>
      <Checkbox defaultChecked>{t("value.yes")}</Checkbox><Checkbox>{t("value.no")}</Checkbox><Switch defaultChecked aria-label={t("value.yes")} /><Switch aria-label={t("value.no")} /><Segmented options={[t("value.yes"), t("value.no")]} />
    </Part>
  );
}

function Marks() {
  return (
    <Part title="Marks and tags">{/* strings-ok: names of parts */}
      {["Ada Park", "Bo Lin", "Chen Wei", "Dana Fox"].map((name) => <Mark key={name} name={name} size={32} />)}<Mark name="Ada" size={18} />
      <ObjectMark icon="building" color="blue" size={32} /><ObjectMark icon="funnel" color="green" />
      {COLOURS.map((colour) => <Tag key={colour} color={colour}>{colour}</Tag>)}{COLOURS.map((colour) => <Dot key={colour} color={colour} />)}
    </Part>
  );
}

function Fields() {
  const speech = useSpeech();
  return (
    <Part title="Fields">{/* strings-ok: names of parts */}
      <table className={styles["table"]}>
        <tbody>
          {samples.map((sample) => {
            const field = sampleField(sample);
            const { Cell, text } = fieldUi(field);
            const { Cell: Masked } = fieldUi({ ...field, access: "masked" });
            return (
              <tr key={sample.type}>
                <th scope="row">{sample.type}</th>
                <td><Cell value={sample.value as never} field={field} /></td>
                <td><Cell value={null} field={field} /></td>
                <td><Masked value={"***" as never} field={{ ...field, access: "masked" }} /></td>
                <td>{text(sample.value as never, field, speech)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Part>
  );
}

function States() {
  const { t } = useSpeech();
  const fault = new ProblemError({ title: "x", status: 500, code: "internal", detail: t("state.errorHint"), reference: "4f2a81" });
  return (
    <Part title="States">{/* strings-ok: names of parts */}
      {DRAWINGS.map((kind) => <Drawing key={kind} kind={kind} />)}
      <div className={styles["state"]}><State drawing="rows" title={t("today.empty")} hint={t("today.emptyHint")}><Button type="primary">{t("action.create")}</Button></State></div>
      <div className={styles["state"]}><ErrorState error={fault} onRetry={() => undefined} /></div>
      <div className={styles["state"]}><ErrorState error={new ProblemError({ title: "x", status: 403, code: "denied" })} /></div>
      <div className={styles["state"]} aria-busy><Bone width="80%" /><Bone width="60%" /><Bone width="70%" /></div>
    </Part>
  );
}

function Floating() {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <Part title="What floats">{/* strings-ok: names of parts */}
      <Menu entries={[{ key: "edit", label: t("action.edit"), icon: <Pencil size={14} /> }, { key: "rule", label: "", divider: true }, { key: "delete", label: t("action.delete"), danger: true }]}><Button>{t("action.more")}</Button></Menu>
      <Button onClick={() => toast(t("state.saved"), { action: { label: t("action.undo"), run: () => undefined } })}>{t("state.saved")}</Button>
      <Button onClick={() => toast(t("state.errorTitle"), { tone: "danger", reference: "4f2a81" })}>{t("state.errorTitle")}</Button>
      <Button onClick={() => setOpen(true)}>{t("action.open")}</Button>
      {open && <Panel title={t("action.edit")} onClose={() => setOpen(false)} footer={<Button type="primary" onClick={() => setOpen(false)}>{t("action.save")}</Button>}><p>{t("state.errorHint")}</p></Panel>}
    </Part>
  );
}

/** Every component in every state: what designers look at, and what the visual tests compare. */
export function ComponentsPage() {
  return <div className={styles["page"]} data-testid="components"><div className={styles["inner"]}><h1>Components</h1>{/* strings-ok: for those who build */}<Colours /><Buttons /><Inputs /><Marks /><Fields /><States /><Floating /></div></div>;
}
