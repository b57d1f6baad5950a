// Pictures for the documentation: kept only when FOLENI_SCREENS names a folder, made small where pngquant is at hand.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.FOLENI_SCREENS;
const BYTES_MAX = 200_000;

/** Keeps a picture of the page as it is. */
export async function shot(page, name) {
  if (folder) keep(name, await page.screenshot());
}

/** Keeps a picture that is there already. */
export function keepFile(path, name) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(path, join(folder, `${name}.png`));
}

function keep(name, png) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  writeFileSync(path, png);
  spawnSync("pngquant", ["--force", "--skip-if-larger", "--speed", "1", "--quality", "70-95", "--strip", "--output", path, path]);
  const { size } = statSync(path);
  if (size > BYTES_MAX) throw new Error(`${name}.png has ${size} bytes; ${BYTES_MAX} are allowed`);
}
