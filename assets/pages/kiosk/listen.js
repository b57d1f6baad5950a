// Reads a screen aloud with the browser's own voices; where there is none the control is not shown.
import { computed, signal } from "../vendor/foleni-vendor.js";
import { language } from "../shared/text.js";

const voices = signal([]);
const refresh = () => { voices.value = globalThis.speechSynthesis?.getVoices() ?? []; };
refresh();
globalThis.speechSynthesis?.addEventListener?.("voiceschanged", refresh);

const voiceFor = (tag) => voices.value.find((voice) => voice.lang.toLowerCase().startsWith(tag));

/** Whether the chosen language can be spoken here. */
export const canSpeak = computed(() => voiceFor(language.value) !== undefined);

/** Reads the words of `part` that are in the chosen language; a second call stops the voice. */
export function speak(part) {
  const voice = voiceFor(language.value);
  if (speechSynthesis.speaking || !voice) return speechSynthesis.cancel();
  const words = [...part.querySelectorAll(`[lang="${language.value}"], .num, h1`)].filter((element) => !element.closest("[aria-hidden=true]"));
  const said = new SpeechSynthesisUtterance(words.map((element) => element.textContent.trim()).join(". "));
  Object.assign(said, { voice, lang: voice.lang, rate: 0.85 });
  return speechSynthesis.speak(said);
}
