// Every page when the server is away.
import { shows } from "../lib/browser.mjs";
import { ask } from "../lib/hall.mjs";
import { inspect, mustBeWell, settled } from "../lib/inspect.mjs";
import { shot } from "../lib/screens.mjs";
import { display } from "./hall.mjs";
import { kiosk } from "./kiosk.mjs";
import { staffPages } from "./staff.mjs";

export const steps = [
  ["out of touch, every screen says so on every glass", async () => {
    const { counter, board } = staffPages();
    const pages = [
      [kiosk(), "kiosk", "[data-screen~=trouble] .amber", { sizes: ["kiosk", "hall", "phone"], publicly: true }],
      [display(), "display", ".hall.stale .offline", { publicly: true }],
      [counter, "counter", ".stale[role=alert]", { sizes: ["desk", "phone"] }],
      [board, "board", ".stale", { sizes: ["hall", "phone"] }],
    ];
    for (const [page] of pages) page.outage = true;
    await ask("kill");
    for (const [page, name, sign, options] of pages) {
      await shows(page, sign, `the ${name} out of touch`);
      await settled(page);
      if (name === "display") await shot(page, "display-offline");
      if (name === "kiosk") await shot(page, "kiosk-offline");
      await inspect(page, `${name} out of touch`, { ...options, stays: sign });
    }
    await ask("start");
    mustBeWell();
  }],
];
