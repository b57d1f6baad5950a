// The hall's screen as it is seen from fifteen metres, read back by a machine.
//
// An eye of 6/12 sees at 6 m what a normal eye sees at 12 m; a normal eye (6/6) resolves 1 minute of arc, the stroke of the
// letters on a chart (ISO 8596), so this one resolves 2. At 15 m that is 15,000 mm x tan(2') = 8.73 mm. A 55-inch panel of
// 1920 x 1080 is 1,218 mm wide and its pixels .634 mm, so what the eye tells apart is 8.73 / .634 = 13.8 pixels apart. The
// screen is shrunk by this factor: each pixel that is left is the mean of the light of the 13.8 x 13.8 that it stands for.
// What is finer is gone for good, as for the eye; enlarging it again for the reader adds nothing. The called numbers, 119
// pixels high, are 8.6 pixels then.
//
// Two readers look. Tesseract reads print, but has never met a slashed zero: as small as this it takes it for another round
// figure now and then, so a zero may be any of these to it, and one letter alone is no print to it, so it reads the digits.
// The other one knows the typeface, as a visitor does who has the slip in hand: it compares each digit with all ten, and
// each letter with all that the centre uses, as they look from afar, and must find the right one nearest.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const ARC_MINUTES = 2;
const METRES = 15;
const PIXEL_MM = 0.634;
const STEP = (METRES * 1000 * Math.tan((ARC_MINUTES / 60) * (Math.PI / 180))) / PIXEL_MM;

// No eye stands still: it sees the same number through several positions of its grid, parts of a step apart.
const SHIFTS = [[0, 0], [0.5, 0], [0, 0.5]];
const NEAR = [[0.25, 0], [-0.25, 0], [0, 0.25], [0, -0.25], [0.5, 0.5]];
// How high capitals are for the reader, from how high on the panel.
const [HEIGHT, CAPITAL] = [48, 119];
const DIGITS = "0123456789";

/** Whether there is a machine that reads. */
export const canRead = () => spawnSync("tesseract", ["--version"]).status === 0;

/**
 * Reads the digits of pieces of a screenshot from afar; each piece has a box of them, as the page has it, and how many
 * there can be. Returns what each says, and the shrunk picture of all.
 */
export async function readFromAfar(blankPage, screenshot, pieces, folder) {
  const png = screenshot.toString("base64");
  const looks = [];
  for (const shift of SHIFTS) {
    const boxes = pieces.map(({ digits }) => digits);
    const pictures = await blankPage.evaluate(shrink, { png, boxes, shift, step: STEP, zoom: HEIGHT / (CAPITAL / STEP) });
    looks.push(pictures.values());
  }
  const all = await blankPage.evaluate(shrink, { png, boxes: [null], shift: [0, 0], step: STEP, zoom: 1 });
  const read = pieces.map(({ modes, count }) => {
    const said = looks.flatMap((pictures) => lookAt(pictures.next().value, modes, folder));
    return most(said, new RegExp(`^\\d{${count}}$`));
  });
  return { read, seen: Buffer.from(all[0], "base64") };
}

// The machine guesses where a line and its letters are in several ways (its page segmentation modes).
function lookAt(picture, modes, folder) {
  const path = join(folder, "afar.png");
  writeFileSync(path, Buffer.from(picture, "base64"));
  return modes.map((mode) => {
    const options = ["--psm", String(mode), "--dpi", "300", "-c", `tessedit_char_whitelist=${DIGITS}`];
    const told = spawnSync("tesseract", [path, "-", ...options], { encoding: "utf8", timeout: 60_000, env: { ...process.env, OMP_THREAD_LIMIT: "1" } });
    return told.stdout.replace(/\s+/g, "");
  });
}

/** Returns whether Tesseract read the digits that are there, a zero being any round figure to it. */
export function isRead(seen, digits) {
  return new RegExp(`^${digits.replaceAll("0", "[0689]")}$`).test(seen);
}

/**
 * Reads signs by the typeface: `places` are boxes of signs on the screenshot, `samples` pairs of a sign and a screenshot of
 * the same screen with that sign in every place. The samples are seen through other positions of the grid than the signs.
 * Returns for each place the nearest sign and how much nearer it is than the next, as a ratio.
 */
export async function readByTypeface(blankPage, screenshot, samples, places) {
  const grey = (picture, shift) => blankPage.evaluate(shrink, { png: picture.toString("base64"), boxes: places, shift, step: STEP, zoom: 0 });
  const seen = await grey(screenshot, [0, 0]);
  const known = [];
  for (const [, sample] of samples) {
    const looks = [];
    for (const shift of NEAR) looks.push(await grey(sample, shift));
    known.push(looks);
  }
  return places.map((_, place) => {
    const far = known.map((looks) => Math.min(...looks.map((look) => difference(seen[place], look[place]))));
    const [nearest, next] = [...far].sort((one, other) => one - other);
    return { sign: samples[far.indexOf(nearest)][0], clear: next / nearest };
  });
}

/** How unlike two small pictures are, whatever their lightness. */
function difference(one, other) {
  const [a, b] = [even(one), even(other)];
  return a.reduce((sum, value, at) => sum + (value - b[at]) ** 2, 0);
}

function even(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return values.map((value) => (value - mean) / spread);
}

/** Returns what most looks say, of those that say anything of this form. */
function most(said, form) {
  const counts = new Map();
  for (const text of said) if (form.test(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? "nothing";
}

// Runs in the browser, for it can open and write pictures. Returns pictures of the boxes, dark on light with a margin; of
// no box, the whole screen in its own colours; with no zoom, the bare lightness of the boxes.
async function shrink({ png, boxes, shift, step, zoom }) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
  const screen = canvas(image.width, image.height);
  screen.drawImage(image, 0, 0);
  const light = Float64Array.from({ length: 256 }, (_, value) => (value / 255) ** 2.2);
  const told = (draw) => draw.canvas.toDataURL("image/png").split(",")[1];
  if (zoom === 0) return boxes.map((box) => lightness(box).grey);
  return boxes.map((box) => (box ? told(forReader(box)) : told(asSeen())));

  // Calls `take(at, red, green, blue)` with the mean light of each step by step square, row by row.
  function squares({ x, y, width, height }, take) {
    const { data } = screen.getImageData(x, y, width, height);
    const [columns, rows] = [Math.floor(width / step), Math.floor(height / step)];
    for (let at = 0; at < columns * rows; at += 1) {
      const [left, top] = [(at % columns) * step, Math.floor(at / columns) * step];
      const sum = [0, 0, 0];
      let count = 0;
      for (let row = Math.floor(top); row < top + step && row < height; row += 1) {
        for (let column = Math.floor(left); column < left + step && column < width; column += 1) {
          for (const part of [0, 1, 2]) sum[part] += light[data[(row * width + column) * 4 + part]];
          count += 1;
        }
      }
      take(at, ...sum.map((part) => part / count));
    }
    return { columns, rows };
  }

  function asSeen() {
    const pixels = [];
    const { columns, rows } = squares({ x: 0, y: 0, width: image.width, height: image.height }, (at, ...parts) => pixels.push(...parts.map((part) => part ** (1 / 2.2) * 255), 255));
    const seen = canvas(columns, rows);
    seen.putImageData(new ImageData(Uint8ClampedArray.from(pixels), columns, rows), 0, 0);
    return seen;
  }

  function lightness(box) {
    const grey = [];
    const round = { x: Math.round(box.x - shift[0] * step), y: Math.round(box.y - shift[1] * step), width: Math.round(box.width), height: Math.round(box.height) };
    return { grey, ...squares(round, (at, red, green, blue) => grey.push((0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / 2.2))) };
  }

  function forReader(box) {
    const { grey, columns, rows } = lightness(box);
    const edge = [...grey.slice(0, columns), ...grey.slice(-columns)].sort((one, other) => one - other);
    const [ground, darkest, lightest] = [edge[edge.length >> 1], Math.min(...grey), Math.max(...grey)];
    const ink = ground < (darkest + lightest) / 2 ? lightest : darkest;
    const small = canvas(columns, rows);
    const pixels = grey.flatMap((value) => { const white = ((ink - value) / (ink - ground)) * 255; return [white, white, white, 255]; });
    small.putImageData(new ImageData(Uint8ClampedArray.from(pixels), columns, rows), 0, 0);
    const margin = 30;
    const large = canvas(Math.round(columns * zoom) + 2 * margin, Math.round(rows * zoom) + 2 * margin);
    large.fillStyle = "white";
    large.fillRect(0, 0, large.canvas.width, large.canvas.height);
    large.imageSmoothingQuality = "high";
    large.drawImage(small.canvas, margin, margin, columns * zoom, rows * zoom);
    return large;
  }
}
