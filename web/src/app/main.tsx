import "virtual:tokens.css";
import "@/ui/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ConfigProvider } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import { LoaderCircle } from "lucide-react";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { isBusy } from "@/api/busy";
import { ProblemError } from "@/api/client";
import { usePreferences } from "@/features/base/preferences";
import { SpeechContext, speechOf } from "@/messages";
import { antdTheme } from "@/tokens/antd";
import { Toasts } from "@/ui/Toasts";
import { router } from "./router";

/** Only what may heal by itself is asked again: a lost connection or a server in trouble, never a refusal. */
const retry = (failures: number, error: Error) => failures < 2 && (!(error instanceof ProblemError) || error.status === 0 || (error.status >= 502 && !isBusy(error.code)));
const client = new QueryClient({ defaultOptions: { queries: { retry, staleTime: 10_000, refetchOnWindowFocus: false } } });

// A button keeps its own name while it works: the icon is only to be seen.
const BUTTON = { autoInsertSpace: false, loadingIcon: <LoaderCircle size={14} className="spin" aria-hidden /> };

function App() {
  const { language, mode } = usePreferences();
  const speech = useMemo(() => speechOf(language), [language]);
  const theme = useMemo(() => antdTheme(mode), [mode]);
  return (
    <SpeechContext value={speech}>
      <ConfigProvider theme={theme} button={BUTTON} wave={{ disabled: true }} locale={language === "en" ? en : zh}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
          <Toasts />
        </QueryClientProvider>
      </ConfigProvider>
    </SpeechContext>
  );
}

const element = document.getElementById("root");
if (element) createRoot(element).render(<StrictMode><App /></StrictMode>);
