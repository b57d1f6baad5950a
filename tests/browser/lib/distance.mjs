// The hall's screen as it is seen from fifteen metres, read back by a machine.
//
// An eye of 6/12 resolves 2 minutes of arc (6/6 is 1 minute: ISO 8596; Snellen's 6/12 sees at 6 m what a normal eye sees at
// 12 m). At 15 m that is 15,000 mm x tan(2') = 8.73 mm. A 55-inch panel of 1920 x 1080 has pixels of 1,218 mm / 1920 =
// .634 mm, so what this eye can tell apart is 8.73 / .634 = 13.8 pixels of the panel apart. One pixel is kept for each such
// step, its mean: finer things are gone for good, as they are for the eye. It is then enlarged for the reader, which adds nothing.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ARC_MINUTES = 2;
const METRES = 15;
const PIXEL_MM = 0.634;
/** Pixels of the panel in one step that the eye resolves. */
export const STEP = (METRES * 1000 * Math.tan((ARC_MINUTES / 60) * (Math.PI / 180))) / PIXEL_MM;
const ENLARGE = 8;

/** Whether there is a machine that reads. */
export const canRead = () => spawnSync("tesseract", ["--version"]).status === 0;

/** Returns pictures of boxes of a screenshot as the eye has them, enlarged; and of the whole, not enlarged. */
export async function fromAfar(browserPage, screenshot, boxes) {
  return browserPage.evaluate(async ([png, boxes_, step, enlarge]) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
    const whole = canvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
    whole.drawImage(image, 0, 0);
    const base64 = (drawn) => drawn.toDataURL("image/png").split(",")[1];
    return { crops: boxes_.map((box) => base64(enlarged(shrunk(box)))), whole: base64(shrunk({ x: 0, y: 0, width: image.width, height: image.height })) };

    // Each pixel is the mean of the light of the step by step pixels that it stands for; light, not the coded values.
    function shrunk({ x, y, width, height }) {
      const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
      const seen = canvas(columns, rows);
      const out = new ImageData(columns, rows);
      const from = whole.getImageData(Math.round(x), Math.round(y), Math.ceil(width), Math.ceil(height));
      for (let row = 0; row < rows; row += 1) for (let column = 0; column < columns; column += 1) mean(from, out, row, column);
      seen.getContext("2d").putImageData(out, 0, 0);
      return seen;
    }

    function mean(from, out, row, column) {
      const sum = [0, 0, 0];
      let count = 0;
      for (let y = Math.floor(row * step); y < Math.min((row + 1) * step, from.height); y += 1) {
        for (let x = Math.floor(column * step); x < Math.min((column + 1) * step, from.width); x += 1) {
          const at = (y * from.width + x) * 4;
          for (const part of [0, 1, 2]) sum[part] += (from.data[at + part] / 255) ** 2.2;
          count += 1;
        }
      }
      const to = (row * out.width + column) * 4;
      for (const part of [0, 1, 2]) out.data[to + part] = Math.round((sum[part] / count) ** (1 / 2.2) * 255);
      out.data[to + 3] = 255;
    }

    // Dark letters on a light ground with a margin, as readers of print like them.
    function enlarged(small) {
      const margin = 24;
      const large = canvas(small.width * enlarge + 2 * margin, small.height * enlarge + 2 * margin);
      const draw = large.getContext("2d");
      const ground = small.getContext("2d").getImageData(1, 1, 1, 1).data;
      const dark = ground[0] + ground[1] + ground[2] < 380;
      draw.fillStyle = `rgb(${ground[0]},${ground[1]},${ground[2]})`;
      draw.fillRect(0, 0, large.width, large.height);
      Object.assign(draw, { imageSmoothingEnabled: true, imageSmoothingQuality: "high" });
      draw.drawImage(small, margin, margin, small.width * enlarge, small.height * enlarge);
      if (dark) Object.assign(draw, { globalCompositeOperation: "difference", fillStyle: "white" }).fillRect(0, 0, large.width, large.height);
      return large;
    }
  }, [screenshot.toString("base64"), boxes, STEP, ENLARGE]);
}

/** Reads one line of letters and digits from a picture. */
export function read(base64, folder, letters) {
  const path = join(folder, "afar.png");
  writeFileSync(path, Buffer.from(base64, "base64"));
  const told = spawnSync("tesseract", [path, "-", "--psm", "7", "--dpi", "300", "-c", `tessedit_char_whitelist=${letters}`], { encoding: "utf8", timeout: 60_000 });
  rmSync(path);
  return told.stdout.replace(/\s+/g, "");
}
