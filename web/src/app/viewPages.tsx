import { useWatchObject } from "@/features/base/live";
import { CalendarPage } from "@/features/records/calendar/CalendarPage";
import { GalleryPage } from "@/features/records/gallery/GalleryPage";
import { SplitPage } from "@/features/records/split/SplitPage";
import { TimelinePage } from "@/features/records/timelineview/TimelinePage";
import { NotFound } from "./NotFound";
import { useObject } from "./pages";

export function CalendarRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <CalendarPage key={type.id} type={type} /> : <NotFound />;
}
export function TimelineRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <TimelinePage key={type.id} type={type} /> : <NotFound />;
}
export function GalleryRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <GalleryPage key={type.id} type={type} /> : <NotFound />;
}
export function SplitRoute() {
  const type = useObject();
  useWatchObject(type?.api_name);
  return type ? <SplitPage key={type.id} type={type} /> : <NotFound />;
}
