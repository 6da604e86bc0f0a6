import { CalendarPage } from "@/features/records/calendar/CalendarPage";
import { GalleryPage } from "@/features/records/gallery/GalleryPage";
import { NotFound } from "./NotFound";
import { useObject } from "./pages";

export function CalendarRoute() {
  const type = useObject();
  return type ? <CalendarPage key={type.id} type={type} /> : <NotFound />;
}
export function GalleryRoute() {
  const type = useObject();
  return type ? <GalleryPage key={type.id} type={type} /> : <NotFound />;
}
