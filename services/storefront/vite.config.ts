/**
 * Build, development server and unit tests.
 *
 * PORT and API_ORIGIN are given by whatever starts the server; a taken port is an error, never another port.
 * The Host header is passed on as it came, because Django compares it with Origin.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const apiOrigin = process.env.API_ORIGIN ?? "http://127.0.0.1:8000";
const port = Number(process.env.PORT ?? 5173);
const toShop = { target: apiOrigin, changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  server: {
    host: "127.0.0.1",
    port,
    strictPort: true,
    proxy: { "/api": toShop, "/admin": toShop, "/static": toShop, "/pictures": toShop },
  },
  build: {
    target: "es2022",
    manifest: true,
    // `default-src 'self'` forbids data: addresses, so every asset is a file.
    assetsInlineLimit: 0,
  },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "happy-dom",
  },
});
