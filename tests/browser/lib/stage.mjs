// Shows a kiosk what seldom happens: a full hall, a closed day, a used code, a minute without a touch. The page and its station are the
// real ones; only what they are told is changed on its way.

/** For {@link openPage}: everything that the page hears can be changed from now on. */
export async function stage(page) {
  page.staged = { day: {}, services: {}, answers: {} };
  page.asked = [];
  await page.addInitScript(() => {
    const read = performance.now.bind(performance);
    globalThis.ahead = 0;
    performance.now = () => read() + globalThis.ahead;
  });
  await page.routeWebSocket(/\/link\?/, (socket) => {
    const server = socket.connectToServer();
    page.link = socket;
    server.onMessage((words) => socket.send(changed(words, page.staged)));
  });
  await page.route(/\/api\/v1\/(tickets|check-ins|return-tickets)$/, (route) => answer(page, route));
}

/** What the link tells from now on, `day` and the state of single services; it is told at once. */
export async function tell(page, { day = {}, services = {} }) {
  page.staged = { ...page.staged, day, services };
  await page.link?.close(); // the page opens another at once, and is told all anew
}

/** How requests for a path are answered: `change` is given the true answer and returns another, `refuse` is a refusal's body. */
export const answers = (page, path, how = null) => { page.staged.answers[path] = how; };

/** Lets the page believe that so many seconds have passed. */
export const pass = (page, seconds) => page.evaluate((more) => { globalThis.ahead += more * 1000; }, seconds);

function changed(words, { day, services }) {
  const frame = JSON.parse(words);
  if (!frame.parts) return words;
  if (frame.parts.day) frame.parts.day = { ...frame.parts.day, ...day };
  if (frame.parts.services) frame.parts.services = frame.parts.services.map((state) => ({ ...state, ...services[state.service] }));
  return JSON.stringify(frame);
}

async function answer(page, route) {
  const request = route.request();
  const path = new URL(request.url()).pathname;
  page.asked.push({ path, ...request.postDataJSON() });
  const how = page.staged.answers[path];
  if (!how) return route.continue();
  if (how.refuse) return route.fulfill({ status: 409, contentType: "application/problem+json", body: JSON.stringify(how.refuse) });
  const true_ = how.as ? null : await route.fetch();
  return route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify(how.as ?? how.change(await true_.json())) });
}
