// Makes a logo of a picture: as large as a slip takes, black and white, as a PNG in Base64.

/** The largest logo, dots; the server takes no larger one. */
export const LOGO_MAX = { width: 544, height: 200 };

/** Returns the size of a picture that is made to fit: never larger than it is, never less than a dot. */
export function sizeOf(width, height, max = LOGO_MAX) {
  const share = Math.min(1, max.width / width, max.height / height);
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** Returns how light each dot is on white paper, 0 to 255, from red, green, blue and opacity. */
export function lightOf(dots) {
  const light = new Uint8Array(dots.length / 4);
  for (let place = 0; place < light.length; place += 1) {
    const [red, green, blue, opacity] = dots.subarray(4 * place, 4 * place + 4);
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    light[place] = Math.round((grey * opacity + 255 * (255 - opacity)) / 255);
  }
  return light;
}

/** Reads a picture's file: `{ light, width, height }`, made to fit. Rejects when it is no picture. */
export async function fitted(file) {
  const picture = await createImageBitmap(file);
  const { width, height } = sizeOf(picture.width, picture.height);
  const paper = canvas(width, height);
  paper.imageSmoothingQuality = "high";
  paper.drawImage(picture, 0, 0, width, height);
  return { light: lightOf(paper.getImageData(0, 0, width, height).data), width, height };
}

/** Returns the logo: black is what is darker than `dark`. */
export function toLogo({ light, width, height, dark }) {
  const paper = canvas(width, height);
  const dots = paper.createImageData(width, height);
  light.forEach((value, place) => dots.data.set(value < dark ? [0, 0, 0, 255] : [255, 255, 255, 255], 4 * place));
  paper.putImageData(dots, 0, 0);
  return paper.canvas.toDataURL("image/png").split(",")[1];
}

function canvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
}
