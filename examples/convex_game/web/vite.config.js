import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` asks a running convex_game; the built page asks whoever serves it.
const game = process.env.CONVEX_GAME ?? "http://127.0.0.1:3210";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2020", modulePreload: false },
  server: { proxy: { "/api": { target: game, ws: true } } },
});
