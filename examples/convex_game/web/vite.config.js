import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { defineConfig } from "vite";

// `npm run dev` asks a running convex_game; the built page asks whoever serves it.
const game = process.env.CONVEX_GAME ?? "http://127.0.0.1:3210";

// The digest of what the page is built from lies beside it: a test sees when it was not built again.
const sources = {
  name: "sources",
  generateBundle() {
    const files = ["index.html", "package-lock.json", "vite.config.js", ...readdirSync("src").sort().map((each) => `src/${each}`)];
    const digest = createHash("sha256");
    for (const each of files) digest.update(`${each}\n`).update(readFileSync(each));
    this.emitFile({ type: "asset", fileName: "sources.sha256", source: `${digest.digest("hex")}\n` });
  },
};

export default defineConfig({
  plugins: [react(), sources],
  build: { target: "es2020", modulePreload: false },
  server: { proxy: { "/api": { target: game, ws: true } } },
});
