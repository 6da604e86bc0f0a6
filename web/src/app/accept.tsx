import "virtual:tokens.css";
import "@/ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AcceptPage } from "@/features/accept/AcceptPage";

// An entrance of its own: whoever answers a quote by its link has no account here and loads nothing of the screens behind it.
const token = decodeURIComponent(window.location.pathname.split("/").filter(Boolean)[1] ?? "");
const element = document.getElementById("root");
if (element) createRoot(element).render(<StrictMode><AcceptPage token={token} /></StrictMode>);
