import { Button } from "antd";
import { useMemo } from "react";
import { useCatalog } from "@/api/catalog";
import type { Field, ObjectType, QueryBody, RecordData } from "@/api/types";
import { useRecordList } from "@/features/base/read";
import { isEmptyValue } from "@/fields/contract";
import { heldOf, thumbnailOf } from "@/fields/file/files";
import { fieldUi } from "@/fields/registry";
import { useSpeech } from "@/messages";
import { Mark } from "@/ui/Mark";
import { Bone, ErrorState } from "@/ui/State";
import { Empty } from "../Empty";
import { useListState } from "../list/useListState";
import { imageFields } from "@/features/base/viewKinds";
import { useOpenRecord, ViewFrame } from "../view/ViewFrame";
import styles from "./Gallery.module.css";

const SHOWN = 3;

function Card({ type, record, image, fields, onOpen }: { type: ObjectType; record: RecordData; image: Field | undefined; fields: Field[]; onOpen: () => void }) {
  const { t, say } = useSpeech();
  const title = String(record[type.title_field] ?? "") || t("record.untitled");
  const picture = image ? heldOf(record[image.api_name])[0] : undefined;
  return (
    <button type="button" className={styles["card"]} aria-label={title} data-testid="gallery-card" data-record={record.id} onClick={onOpen}>
      <span className={styles["picture"]}>{picture ? <img src={thumbnailOf(picture)} alt="" loading="lazy" /> : <Mark name={title} size={56} />}</span>
      <span className={styles["text"]}>
        <span className={styles["title"]}>{title}</span>
        {fields.filter((field) => !isEmptyValue(record[field.api_name])).map((field) => {
          const { Cell } = fieldUi(field);
          return <span key={field.id} className={styles["line"]} title={say(field.label)}><Cell value={record[field.api_name]} field={field} /></span>;
        })}
      </span>
    </button>
  );
}

/** Records as cards with a picture, or with their initials where there is none. */
export function GalleryPage({ type }: { type: ObjectType }) {
  const catalog = useCatalog();
  const { t, say } = useSpeech();
  const state = useListState(type, "gallery");
  const images = imageFields(type);
  const image = images.find((field) => field.api_name === state.view?.config.image_field) ?? images[0];
  const fields = state.columns.filter((path) => path !== type.title_field && path !== image?.api_name && !path.includes(".")).flatMap((path) => catalog.field(type.api_name, path) ?? []).filter((field) => !fieldUi(field).multiline).slice(0, SHOWN);
  const select = [...new Set([...(state.body.select ?? []), ...(image ? [image.api_name] : [])])];
  const body: QueryBody = { ...state.body, select };
  const list = useRecordList(type.api_name, body);
  const records = useMemo(() => list.data?.pages.flatMap((page) => page.records) ?? [], [list.data]);
  const open = useOpenRecord(type, state);
  return (
    <ViewFrame type={type} state={state} kind="gallery" label={t("gallery.label", { label: say(type.label_plural) })} order={records.map((record) => record.id)} config={{ ...state.config, image_field: image?.api_name ?? null }}>
      {list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <div className={styles["gallery"]} aria-busy>{Array.from({ length: 8 }, (_, index) => <Bone key={index} height={200} />)}</div>
      ) : records.length === 0 ? (
        <Empty type={type} filtered={state.where !== null || state.search !== ""} />
      ) : (
        <div className={styles["scroll"]}>
          <div className={styles["gallery"]} data-testid="gallery">{records.map((record) => <Card key={record.id} type={type} record={record} image={image} fields={fields} onOpen={() => open(record.id)} />)}</div>
          {list.hasNextPage && <div className={styles["more"]}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("action.loadMore")}</Button></div>}
        </div>
      )}
    </ViewFrame>
  );
}
