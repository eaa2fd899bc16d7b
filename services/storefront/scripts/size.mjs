/**
 * How much compressed JavaScript each page costs a first visitor: the entry, the page's own chunk and all that these
 * import. Fails when the dearest page is over the limit. Run after a build; an argument names another folder than dist.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 120_000;
const [folder] = process.argv.slice(2);
const dist = folder ? pathToFileURL(`${folder}/`) : new URL("../dist/", import.meta.url);

let manifest;
try {
  manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
} catch {
  console.error("the build has no .vite/manifest.json: run `npm run build` first");
  process.exit(2);
}

const compressed = new Map();
function bytesOf(file) {
  if (!compressed.has(file)) compressed.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return compressed.get(file);
}

function filesFor(key, found = new Set()) {
  const chunk = manifest[key];
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) filesFor(imported, found);
  return found;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const pages = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry && key.endsWith("Page.tsx"));
const rows = pages
  .map((page) => {
    const files = new Set([...filesFor(entry), ...filesFor(page)]);
    return { page, bytes: [...files].reduce((sum, file) => sum + bytesOf(file), 0), files: files.size };
  })
  .sort((one, other) => other.bytes - one.bytes);

for (const { page, bytes, files } of rows) {
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB in ${String(files).padStart(2)} files  ${page}`);
}
const dearest = rows[0];
if (!dearest || dearest.bytes > LIMIT_BYTES) {
  console.error(`over the limit of ${LIMIT_BYTES / 1000} kB compressed JavaScript: ${dearest?.page ?? "no page found"}`);
  process.exit(1);
}
console.log(`dearest page ${(dearest.bytes / 1000).toFixed(1)} kB of ${LIMIT_BYTES / 1000} kB`);
