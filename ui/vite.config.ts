import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.KIPU_SERVER ?? "http://127.0.0.1:5000";
const api = { target: server, changeOrigin: true };

export default defineConfig({
  plugins: [react()],
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
  },
});
