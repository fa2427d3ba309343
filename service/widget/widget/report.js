// @ts-check
// A report on one citation: what is wrong with it goes in; it is posted, and thanks or the reason why not come out.
import { call } from "./api.js";
import { button, h, sheet } from "./dom.js";
import { wordsIn } from "./words.js";

const MAX_CHARS = 1000;
/** @type {Record<string, [string, string]>} */
const WORDS = {
  legend: ["Qu'est-ce qui ne va pas ?", "What is wrong?"],
  not_said: ["La citation ne dit pas cela", "The quote does not say this"],
  off_topic: ["Le passage est hors sujet", "The passage is off topic"],
  outdated: ["Le document est périmé", "The document is out of date"],
  other: ["Autre chose", "Something else"],
  note: ["Précisions (facultatif)", "Details (optional)"],
  hint: ["{max} caractères au plus, sans donnée personnelle.", "{max} characters at most, no personal data."],
  send: ["Envoyer le signalement", "Send the report"],
  cancel: ["Annuler", "Cancel"],
  thanks: ["Merci, votre signalement est enregistré.", "Thank you, your report was recorded."],
  failed: ["Le signalement n'a pas pu être envoyé.", "The report could not be sent."],
};
const STYLE = sheet(`
.report { margin-block-start: 0.75em; padding-block-start: 0.75em; border-block-start: 1px solid var(--line); }
.report fieldset { margin: 0 0 0.5em; padding: 0; border: 0; }
.report legend { font-weight: 600; padding: 0; }
.report fieldset label { font-weight: 400; display: flex; gap: 0.5em; align-items: center; min-height: 2em; margin: 0; }
.report input { width: 1.25em; height: 1.25em; margin: 0; accent-color: var(--accent); flex: none; }
.report textarea { min-height: 3em; }
`);
const REASONS = ["not_said", "off_topic", "outdated", "other"];

/** @param {any} citation @param {HTMLElement} card @param {HTMLElement} opener @param {import("./panel.js").Panel} panel */
export function openReport(citation, card, opener, panel) {
  const open = card.querySelector(".report");
  if (open) return /** @type {HTMLElement} */ (open.querySelector("input")).focus();
  const root = /** @type {ShadowRoot} */ (panel.host.shadowRoot);
  if (!root.adoptedStyleSheets.includes(STYLE)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, STYLE];
  const say = wordsIn(panel.lang, WORDS);
  const id = `report-${citation.passage_id}-${panel.conversation.turns}`;
  const reasons = REASONS.map((reason, n) =>
    h("label", {}, h("input", { type: "radio", name: id, value: reason, checked: n === 0 }), " ", say(reason)));
  const note = h("textarea", { id: `${id}-note`, rows: 2, maxlength: MAX_CHARS, dir: "auto", "aria-describedby": `${id}-hint` });
  const warning = h("div", { class: "warning" });
  const close = () => {
    form.remove();
    opener.focus();
  };
  const submit = (/** @type {Event} */ event) => void send(event);
  const form = h("form", { class: "report", submit, keydown: onKey },
    h("fieldset", {}, h("legend", {}, say("legend")), ...reasons),
    h("label", { for: `${id}-note` }, say("note")), note, h("p", { class: "quiet", id: `${id}-hint` }, say("hint", { max: MAX_CHARS })), warning,
    h("p", { class: "buttons" }, h("button", { type: "submit", class: "send", part: "action" }, say("send")),
      button(say("cancel"), close, { class: "stop" })));
  card.append(form);
  /** @type {HTMLElement} */ (form.querySelector("input")).focus();

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    const answer = answerOf(card, panel);
    const reason = new FormData(form).get(id);
    const report = { answer_id: answer.id, bundle_id: answer.bundle.id, passage_id: citation.passage_id, reason, note: note.value, lang: panel.lang };
    try {
      await call(`${panel.host.endpoint}/v1/feedback?lang=${panel.lang}`, report);
    } catch (/** @type {any} */ fault) {
      return warning.replaceChildren(h("p", { role: "alert" }, `${say("failed")} ${fault.detail || ""}`));
    }
    form.replaceWith(h("p", { class: "quiet", role: "status" }, say("thanks")));
    panel.announcer.say(say("thanks"));
    card.focus();
  }
}

/** @param {HTMLElement} card @param {import("./panel.js").Panel} panel @returns {any} the answer that a card belongs to */
function answerOf(card, panel) {
  const turn = card.closest(".turn");
  return (turn && panel.conversation.views.get(turn)?.answer) ?? { id: "", bundle: { id: "" } };
}
