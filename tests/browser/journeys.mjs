// What people do in the hall, from the first touch to the manager's word, and what they see when things break.
import * as attendant from "./journeys/attendant.mjs";
import * as citizen from "./journeys/citizen.mjs";
import * as manager from "./journeys/manager.mjs";
import * as officer from "./journeys/officer.mjs";
import * as outage from "./journeys/outage.mjs";

export const steps = [...citizen.steps, ...officer.steps, ...manager.steps, ...attendant.steps, ...outage.steps];
