// Every page in both languages on every kind of glass, in a lively centre; the hall's numbers from fifteen metres.
import * as hallScreen from "./pages/hall.mjs";
import * as keys from "./pages/keys.mjs";
import * as kiosk from "./pages/kiosk.mjs";
import * as outage from "./pages/outage.mjs";
import * as staff from "./pages/staff.mjs";
import * as touch from "./pages/touch.mjs";

export const steps = [...hallScreen.steps, ...kiosk.steps, ...touch.steps, ...keys.steps, ...staff.steps, ...outage.steps];
