import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.KIPU_SERVER ?? "http://127.0.0.1:5000";
const api = { target: server, changeOrigin: true };

/**
 * Write the tags of scripts and styles from a script, after the one that sets <base>.
 *
 * A browser looks ahead in the page for what to fetch before it runs any script, and would ask for them at the wrong place.
 */
function tagsAfterBase(): Plugin {
  const tag = /^\s*<(?:script type="module"[^>]*><\/script>|link rel="(?:stylesheet|modulepreload)"[^>]*>)\n/gm;
  return {
    name: "tags-after-base",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const tags = (html.match(tag) ?? []).map((text) => text.trim()).join("");
        const script = `<script>document.write(${JSON.stringify(tags).replace(/<\/script/g, "<\\/script")});</script>`;
        return html.replace(tag, "").replace("  </head>", () => `    ${script}\n  </head>`);
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), tagsAfterBase()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // Every address is relative to <base>, which index.html sets, so that one build works under any --static-prefix.
  base: "./",
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `static-files/${file}` : { relative: true }),
  },
  build: {
    outDir: "../src/kipu/server/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": api, "/ajax-api": api, "/get-artifact": api, "/health": api, "/version": api } },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { url: "http://kipu.test/" } },
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
