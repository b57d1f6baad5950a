// Reads a screen aloud: with our own clips, and only where there are none with the browser's own voices. Where there is neither, the
// control is not shown.
import { computed, signal } from "../vendor/foleni-vendor.js";
import { language } from "../shared/text.js";
import { hasClips, toggleSpeech } from "./speech.js";

const voices = signal([]);
const refresh = () => { voices.value = globalThis.speechSynthesis?.getVoices() ?? []; };
refresh();
globalThis.speechSynthesis?.addEventListener?.("voiceschanged", refresh);

const voiceFor = (tag) => voices.value.find((voice) => voice.lang.toLowerCase().startsWith(tag));

/** Whether the chosen language can be spoken here. */
export const canSpeak = computed(() => hasClips.value || voiceFor(language.value) !== undefined);

/** Speaks the screen, and from then on each that follows; a second call stops the voice. `part` is what a browser's voice reads. */
export function speak(part) {
  return hasClips.value ? toggleSpeech() : readOut(part);
}

function readOut(part) {
  const voice = voiceFor(language.value);
  if (speechSynthesis.speaking || !voice) return speechSynthesis.cancel();
  const words = [...part.querySelectorAll(`[lang="${language.value}"], .num, h1`)].filter((element) => !element.closest("[aria-hidden=true]"));
  const spoken = new SpeechSynthesisUtterance(words.map((element) => element.textContent.trim()).join(". "));
  Object.assign(spoken, { voice, lang: voice.lang, rate: 0.85 });
  return speechSynthesis.speak(spoken);
}
