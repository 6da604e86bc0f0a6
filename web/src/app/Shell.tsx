import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Catalog, CatalogContext } from "@/api/catalog";
import { api, ProblemError } from "@/api/client";
import { SessionContext } from "@/api/session";
import type { CatalogData, Session } from "@/api/types";
import { useConflict } from "@/features/base/conflict";
import { keys } from "@/features/base/keys";
import { useLiveStream } from "@/features/base/live";
import { openHelp, openPalette, setOpenerHandler, type Opener } from "@/features/base/openers";
import { Palette, usePaletteAhead } from "@/features/palette/Palette";
import { useSpeech } from "@/messages";
import { setBusinessZone } from "@/ui/format";
import { Bone, ErrorState } from "@/ui/State";
import { BottomBar } from "./BottomBar";
import { Rail } from "./Rail";
import { Reauthenticate } from "./Reauthenticate";
import { SandboxBanner } from "./SandboxBanner";
import { SeeingBanner } from "./SeeingBanner";
import styles from "./Shell.module.css";
import { TopBar } from "./TopBar";

const ConflictDialog = lazy(() => import("@/features/base/ConflictDialog").then((module) => ({ default: module.ConflictDialog })));
const QuickCreate = lazy(() => import("@/features/records/create/QuickCreate").then((module) => ({ default: module.QuickCreate })));
const Shortcuts = lazy(() => import("@/features/help/Shortcuts").then((module) => ({ default: module.Shortcuts })));
const Tour = lazy(() => import("@/features/help/Tour").then((module) => ({ default: module.Tour })));
const AddField = lazy(() => import("@/features/build/fields/AddField").then((module) => ({ default: module.AddFieldNow })));

/** Panels that any screen may open: the palette, quick create, a new field; and what a lost race asks. */
function Panels({ catalog }: { catalog: Catalog }) {
  const [opener, setOpener] = useState<Opener | null>(null);
  const conflict = useConflict();
  const close = () => setOpener(null);
  usePaletteAhead();
  useEffect(() => {
    setOpenerHandler(setOpener);
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
      } else if (event.key === "?" && !(event.target as HTMLElement).closest("input, textarea, select, [contenteditable]")) openHelp("shortcuts");
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  const type = opener && "object" in opener ? catalog.object(opener.object) : undefined;
  return (
    <Suspense fallback={null}>
      {conflict && <ConflictDialog />}
      {opener?.kind === "palette" && <Palette onClose={close} />}
      {opener?.kind === "help" && opener.what === "shortcuts" && <Shortcuts onClose={close} />}
      {opener?.kind === "help" && opener.what === "tour" && <Tour onClose={close} />}
      {opener?.kind === "create" && type && <QuickCreate key={type.id} type={type} preset={opener.values ?? {}} onClose={close} />}
      {opener?.kind === "field" && type && <AddField type={type} onClose={close} onAdded={opener.onAdded} />}
    </Suspense>
  );
}

function Waiting() {
  return (
    <div className={styles["shell"]} aria-busy>
      <div className={styles["rail"]}><div className={styles["home"]}><Bone width={24} height={24} /></div>{[0, 1, 2, 3, 4].map((item) => <div key={item} className={styles["link"]}><Bone width={18} height={18} /></div>)}</div>
      <div className={styles["top"]}><span /><Bone height={28} /><span /></div>
      <div />
    </div>
  );
}

/**
 * Leaves for the sign-in, with the way back: once. A <Navigate> would leave again at every drawing, and while the
 * router is on its way this frame is drawn again under the sign-in's own address.
 */
function ToSignIn() {
  const router = useRouter();
  useEffect(() => {
    const { href } = router.state.location;
    void router.navigate({ to: "/sign-in", search: href === "/" || href.startsWith("/sign-in") ? {} : { next: href }, replace: true });
  }, [router]);
  return <Waiting />;
}

/** Listens for what others do while somebody is signed in. */
function Listening() {
  useLiveStream(useQueryClient());
  return null;
}

/** Frame of everything behind the sign-in: session and catalog are there before any screen is. */
export function Shell() {
  const { t } = useSpeech();
  const session = useQuery({ queryKey: keys.session, staleTime: Infinity, retry: false, queryFn: () => api.get<Session>("/sessions/current", { anonymous: true }) });
  const data = useQuery({ queryKey: keys.catalog, enabled: Boolean(session.data), staleTime: 60_000, queryFn: () => api.get<CatalogData>("/metadata/catalog") });
  const catalog = useMemo(() => {
    if (!data.data) return null;
    setBusinessZone(data.data.workspace.timezone);
    return new Catalog(data.data);
  }, [data.data]);

  if (session.error instanceof ProblemError && session.error.status === 401) return <ToSignIn />;
  const failed = session.error ?? data.error;
  if (failed && !catalog) return <ErrorState error={failed} onRetry={() => void (session.error ? session.refetch() : data.refetch())} />;
  if (!session.data || !catalog) return <Waiting />;
  return (
    <SessionContext value={session.data}>
      <CatalogContext value={catalog}>
        <a href="#content" className={styles["skip"]}>{t("nav.skip")}</a>
        <div className={styles["frame"]}>
          <SeeingBanner />
          <SandboxBanner />
          <div className={styles["shell"]}>
            <Rail />
            <TopBar />
            <main id="content" className={styles["content"]} tabIndex={-1}><Suspense fallback={null}><Outlet /></Suspense></main>
            <BottomBar />
          </div>
        </div>
        <Listening />
        <Panels catalog={catalog} />
        <Reauthenticate />
      </CatalogContext>
    </SessionContext>
  );
}
