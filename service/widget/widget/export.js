// @ts-check
// Keeping an answer: an answer object goes in; text with its citations on the clipboard, a file, or a printed page comes out.
import { h } from "./dom.js";
import { contextAfter, contextBefore } from "./citation.js";
import { dateIn, wordsIn } from "./words.js";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  copied: ["Copié.", "Copied."],
  notCopied: ["La copie n'a pas été permise par le navigateur.", "The browser did not allow copying."],
  made: [
    "Réponse produite par un système d'intelligence artificielle le {date}, index {bundle}.",
    "Answer produced by an artificial intelligence system on {date}, index {bundle}.",
  ],
};

const PRINT_STYLE = `
:root { color-scheme: light; } body { font: 11pt/1.5 Georgia, serif; margin: 0; } h1 { font-size: 14pt; } h2 { font-size: 11pt; margin-block: 1em 0.25em; }
blockquote { margin: 0.25em 0 0.25em 1em; white-space: pre-line; } mark { background: none; text-decoration: underline; } .small { font-size: 9pt; overflow-wrap: anywhere; }`;

/** @typedef {import("./panel.js").Panel} Panel */

/** @param {string} what copy, markdown, json or print @param {import("./answer.js").AnswerView} view @param {Panel} panel @returns {Promise<string>} what to announce */
export async function keep(what, view, panel) {
  const { question, answer } = view;
  if (what === "copy") return copy(plainText(question, answer, panel), answerPage(question, answer, panel), panel);
  if (what === "print") return print(answerPage(question, answer, panel), panel);
  const [text, type, ending] = what === "json"
    ? [JSON.stringify({ question, notice: panel.say("notice"), ...answer }, null, 2), "application/json", "json"]
    : [markdown(question, answer, panel), "text/markdown", "md"];
  save(`${answer.id}.${ending}`, text, `${type};charset=utf-8`);
  return "";
}

/** @param {any} citation @param {Panel} panel @returns {Promise<string>} what to announce */
export function copyQuote(citation, panel) {
  const text = `« ${citation.quote.exact} »\n${reference(citation, panel)}`;
  return copy(text, h("div", {}, h("blockquote", { lang: citation.quote.lang }, citation.quote.exact), h("p", {}, reference(citation, panel))), panel);
}

/** @param {any} citation @param {Panel} panel @returns {string} title, publisher, date, page, address */
function reference(citation, panel) {
  const { document: doc, page } = citation;
  return [doc.title, doc.publisher, dateIn(doc.published_on, panel.lang), page && panel.say("page", { label: page.label }), address(citation, panel)].filter(Boolean).join(", ");
}

/** @param {any} citation @param {Panel} panel @returns {string} the publisher's address, else that of the page here, whole */
function address(citation, panel) {
  return citation.document.url || new URL(panel.host.endpoint + citation.links.view, location.href).href;
}

/** @param {any} answer @param {Panel} panel @returns {string} */
function made(answer, panel) {
  return wordsIn(panel.lang, WORDS)("made", { date: dateIn(answer.as_of, panel.lang), bundle: answer.bundle.id });
}

/** @param {string} question @param {any} answer @param {Panel} panel @returns {string} */
function plainText(question, answer, panel) {
  const stated = answer.statements.map((/** @type {any} */ s) => `${s.text} ${s.citations.map((/** @type {number} */ n) => `[${n}]`).join("")}`);
  const sources = answer.citations.map((/** @type {any} */ c) => `[${c.n}] ${reference(c, panel)}\n    « ${c.quote.exact} »`);
  const notices = answer.notices.map((/** @type {any} */ n) => n.text);
  return [question, "", ...stated, ...notices, "", panel.say("sources"), ...sources, "", `${panel.say(answer.mode)} ${made(answer, panel)}`].join("\n");
}

/** @param {string} text @returns {string} with what Markdown would read as marks put out of action */
function escaped(text) {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, "\\$&").replace(/\n+/g, " ");
}

/** @param {string} question @param {any} answer @param {Panel} panel @returns {string} */
function markdown(question, answer, panel) {
  const stated = answer.statements.map((/** @type {any} */ s) => `- ${escaped(s.text)} ${s.citations.map((/** @type {number} */ n) => `[^${n}]`).join("")}`);
  const notices = answer.notices.map((/** @type {any} */ n) => `> ${escaped(n.text)}\n`);
  const notes = answer.citations.map((/** @type {any} */ c) => `[^${c.n}]: ${escaped(reference(c, panel))} : « ${escaped(c.quote.exact)} »`);
  return [`# ${escaped(question)}`, "", ...stated, "", ...notices, `*${panel.say(answer.mode)} ${made(answer, panel)}*`, "", ...notes, ""].join("\n");
}

/** @param {string} question @param {any} answer @param {Panel} panel @returns {HTMLElement} the answer as a page of its own */
function answerPage(question, answer, panel) {
  return h("main", { lang: panel.lang }, h("h1", {}, question),
    ...answer.statements.map((/** @type {any} */ s) => h("p", {}, s.text, " ", s.citations.map((/** @type {number} */ n) => `[${n}]`).join(""))),
    ...answer.notices.map((/** @type {any} */ n) => h("p", {}, h("em", {}, n.text))),
    ...(answer.statements.length ? [] : [h("p", {}, answer.text)]),
    answer.citations.length > 0 && h("h2", {}, panel.say("sources")),
    ...answer.citations.map((/** @type {any} */ c) => h("section", {}, h("p", {}, `[${c.n}] ${reference(c, panel)}`),
      h("blockquote", { lang: c.quote.lang }, contextBefore(c.quote), h("mark", {}, c.quote.exact), contextAfter(c.quote)))),
    h("p", { class: "small" }, `${panel.say("notice")} ${panel.say(answer.mode)} ${made(answer, panel)}`));
}

/** @param {string} text @param {HTMLElement} rich the same as HTML @param {Panel} panel @returns {Promise<string>} */
async function copy(text, rich, panel) {
  const html = new XMLSerializer().serializeToString(rich);
  try {
    const parts = { "text/plain": new Blob([text], { type: "text/plain" }), "text/html": new Blob([html], { type: "text/html" }) };
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    return wordsIn(panel.lang, WORDS)("copied");
  } catch {
    return wordsIn(panel.lang, WORDS)(copyBySelection(text, panel) ? "copied" : "notCopied");
  }
}

/** Pages without HTTPS have no clipboard of their own. @param {string} text @param {Panel} panel @returns {boolean} */
function copyBySelection(text, panel) {
  const root = /** @type {ShadowRoot} */ (panel.host.shadowRoot);
  const focused = /** @type {HTMLElement | null} */ (root.activeElement);
  const field = h("textarea", { class: "unseen", readonly: true, "aria-hidden": "true", tabindex: "-1" });
  field.value = text;
  panel.element.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

/** @param {string} name @param {string} text @param {string} type */
function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Printed from a frame, so that nothing of the host page is printed with it. @param {HTMLElement} page @param {Panel} panel @returns {Promise<string>} */
async function print(page, panel) {
  const frame = h("iframe", { class: "unseen", title: panel.say("print"), "aria-hidden": "true", tabindex: "-1" });
  panel.element.append(frame);
  const view = frame.contentWindow;
  const style = new view.CSSStyleSheet();
  style.replaceSync(PRINT_STYLE);
  view.document.adoptedStyleSheets = [style];
  view.document.title = panel.say("title");
  view.document.body.append(view.document.adoptNode(page));
  view.addEventListener("afterprint", () => frame.remove());
  view.print();
  return "";
}
