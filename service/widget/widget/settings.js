// @ts-check
// What a visitor may choose: a panel goes in; a list of ways in which answers are announced comes out.
import { h } from "./dom.js";
import { wordsIn } from "./words.js";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  label: ["Annonce des réponses aux lecteurs d'écran", "How answers are announced to screen readers"],
  auto: ["Selon leur vitesse", "By their speed"],
  sentence: ["Phrase par phrase", "Sentence by sentence"],
  end: ["D'un coup, à la fin", "At once, at the end"],
  off: ["Jamais", "Never"],
};

/** @param {import("./panel.js").Panel} panel @returns {HTMLElement[]} a labelled list; what is chosen holds for this visit, nothing is stored */
export function choices(panel) {
  const say = wordsIn(panel.lang, WORDS);
  const options = ["auto", "sentence", "end", "off"].map((value) => h("option", { value, selected: value === panel.manner }, say(value)));
  return [
    h("label", { for: "manner" }, say("label")),
    h("select", { id: "manner", change: (/** @type {any} */ event) => (panel.manner = event.target.value) }, ...options),
  ];
}
