import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type PreviewServer, type ViteDevServer } from "vite";
import { tokensCss } from "./src/tokens/css";

/** Serves the tokens as CSS variables, so that TypeScript stays their only source. */
function tokens(): Plugin {
  const id = "virtual:tokens.css";
  return {
    name: "banyan-tokens",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (source) => (source === `\0${id}` ? tokensCss() : null),
  };
}

/** The calendar brings a font of icons as data, which the server's Content-Security-Policy refuses and nothing here draws. */
function withoutIconFont(): Plugin {
  return {
    name: "banyan-without-icon-font",
    transform: (code, id) => (id.includes("@fullcalendar/core/internal-common") ? { code: code.replace(/@font-face\{.*?\}/, ""), map: null } : null),
  };
}

/** Screens whose scripts and styles `ahead.js` has fetched beside those of the frame, by the name it finds them under. */
const SCREENS = { "banyan-records": "/src/app/pages.tsx", "banyan-sign-in": "/src/features/session/SignInPage.tsx" };

function screens(): Plugin {
  return {
    name: "banyan-screens",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle, filename }) => {
        const chunks = Object.values(bundle ?? {}).flatMap((each) => (each.type === "chunk" ? [each] : []));
        if (!filename.endsWith("index.html")) return [];
        const reached = (from: string, known = new Set<string>()): Set<string> => {
          if (known.has(from)) return known;
          known.add(from);
          for (const next of chunks.find((chunk) => chunk.fileName === from)?.imports ?? []) reached(next, known);
          return known;
        };
        const entrance = reached(chunks.find((chunk) => chunk.isEntry && chunk.facadeModuleId?.endsWith("/index.html"))?.fileName ?? "");
        return Object.entries(SCREENS).flatMap(([name, module]) => {
          const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module));
          if (!page) return [];
          const further = [...reached(page.fileName)].filter((file) => !entrance.has(file));
          const styles = further.flatMap((file) => [...(chunks.find((chunk) => chunk.fileName === file)?.viteMetadata?.importedCss ?? [])]);
          const content = [...new Set([...further, ...styles])].map((file) => `/${file}`).join(" ");
          return [{ tag: "meta", attrs: { name, content }, injectTo: "head-prepend" as const }];
        });
      },
    },
  };
}

/** In development the page that answers quotes is served as the server does: at /accept/… . */
function acceptPage(): Plugin {
  const lead = (server: ViteDevServer | PreviewServer) => void server.middlewares.use((request, _response, next) => {
    if (request.url?.startsWith("/accept/")) request.url = "/accept.html";
    next();
  });
  return { name: "banyan-accept", configureServer: lead, configurePreviewServer: lead };
}

const entrance = (name: string) => fileURLToPath(new URL(`./${name}.html`, import.meta.url));

export default defineConfig({
  plugins: [react(), tokens(), withoutIconFont(), screens(), acceptPage()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env["BANYAN_API"] ?? "http://127.0.0.1:8765", changeOrigin: false } },
  },
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 1200, rollupOptions: { input: { index: entrance("index"), accept: entrance("accept") } } },
});
