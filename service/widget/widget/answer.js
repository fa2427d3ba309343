// @ts-check
// One answer on screen: an answer object goes in; its statements, notices and sources come out as elements.
import { h } from "./dom.js";
import { dateIn } from "./words.js";

/**
 * @typedef {{lang: "fr" | "en", say: import("./words.js").Say, endpoint: string, turn: number,
 *   onCitation: (citation: any) => void, onChoice: (text: string) => void}} Setting
 */

/** @param {any} answer @param {Setting} setting @returns {HTMLElement} */
export function answerElement(answer, setting) {
  const { say } = setting;
  const cards = answer.citations.map((/** @type {any} */ citation) => sourceCard(citation, setting));
  const found = answer.statements.length > 0;
  return h("div", { class: "answer", part: "answer", "data-outcome": answer.outcome },
    h("div", { class: "said" },
      found
        ? answer.statements.map((/** @type {any} */ statement) => statementElement(statement, answer, cards, setting)).reduce(intoBox, h("div", {}))
        : h("p", { class: "statement" }, answer.text),
      answer.notices.length > 0 && h("ul", { class: "notices" }, ...answer.notices.map((/** @type {any} */ n) => h("li", {}, n.text))),
      found && h("p", { class: "quiet" }, answer.completeness === "partial" && h("strong", {}, `${say("partial")} `), say("extractive")),
      answer.choices.length > 0 && choices(answer.choices, setting)),
    cards.length > 0 && h("div", { class: "sources", part: "citation" }, h("h4", {}, say("sources")), ...cards),
    answer.nearest.length > 0 && h("div", { class: "sources" }, h("h4", {}, say("near")),
      ...answer.nearest.map((/** @type {any} */ passage) => nearCard(passage, setting))));
}

/** @param {HTMLElement} box @param {HTMLElement} child @returns {HTMLElement} */
function intoBox(box, child) {
  box.append(child);
  return box;
}

/** @param {any} statement @param {any} answer @param {HTMLElement[]} cards @param {Setting} setting @returns {HTMLElement} */
function statementElement(statement, answer, cards, setting) {
  const first = answer.citations[statement.citations[0] - 1];
  const marks = statement.citations.map((/** @type {number} */ n) => {
    const citation = answer.citations[n - 1];
    return h("button", {
      type: "button", class: "cite", part: "action", "aria-label": sourceName(citation, setting),
      click: () => {
        setting.onCitation(citation);
        cards[n - 1].focus();
        cards[n - 1].scrollIntoView({ block: "nearest" });
      },
    }, String(n));
  });
  return h("p", { class: "statement" },
    h("span", { lang: otherLanguage(first?.quote.lang, setting) }, statement.text), "\u00a0", ...marks,
    statement.status !== "in_force" && h("span", {}, " ", badge(statement.status, setting)));
}

/** @param {any} citation @param {Setting} setting @returns {HTMLElement} */
function sourceCard(citation, setting) {
  const id = `source-${setting.turn}-${citation.n}`;
  const { quote } = citation;
  return h("article", { class: "source", tabindex: "-1", "aria-labelledby": id },
    h("h5", { id }, h("span", { class: "number" }, String(citation.n)), " ", title(citation.document, setting)),
    place(citation, setting),
    h("blockquote", { lang: otherLanguage(quote.lang, setting) },
      h("span", { class: "around" }, contextBefore(quote)), h("mark", {}, quote.exact), h("span", { class: "around" }, contextAfter(quote))),
    pageLink(citation.links.view, setting));
}

/** @param {any} passage @param {Setting} setting @returns {HTMLElement} */
function nearCard(passage, setting) {
  return h("article", { class: "source" }, h("h5", {}, title(passage.document, setting)), place(passage, setting),
    h("blockquote", { lang: otherLanguage(passage.document.language, setting) }, passage.text), pageLink(passage.links.view, setting));
}

/** @param {any} document_ @param {Setting} setting @returns {HTMLElement} */
function title(document_, setting) {
  return h("span", {}, h("span", { lang: otherLanguage(document_.language, setting) }, document_.title), " ", badge(document_.status, setting));
}

/** @param {any} item @param {Setting} setting @returns {HTMLElement} publisher, date, page; then the section's path */
function place(item, { say, lang }) {
  const parts = [item.document.publisher, dateIn(item.document.published_on, lang), item.page && say("page", { label: item.page.label })];
  return h("div", { class: "place" }, h("p", {}, parts.filter(Boolean).join(" · ")),
    item.section.length > 0 && h("p", {}, item.section.join(" › ")));
}

/** @param {string} path @param {Setting} setting @returns {HTMLElement} */
function pageLink(path, { say, endpoint }) {
  return h("p", { class: "links" }, h("a", { href: endpoint + path, target: "_blank", rel: "noopener" }, say("view"),
    h("span", { class: "unseen" }, ` ${say("newWindow")}`)));
}

/** @param {string[]} texts @param {Setting} setting @returns {HTMLElement} */
function choices(texts, { say, onChoice }) {
  return h("div", {}, h("h4", {}, say("choices")),
    h("ul", { class: "suggestions" }, ...texts.map((text) => h("li", {}, h("button", { type: "button", click: () => onChoice(text) }, text)))));
}

/** @param {string} status @param {Setting} setting @returns {HTMLElement} */
function badge(status, { say }) {
  return h("span", { class: `badge ${status}` }, say(status));
}

/** @param {any} citation @param {Setting} setting @returns {string} "Source 2 : title, page 12" */
export function sourceName(citation, { say }) {
  const name = say("source", { n: citation.n, title: citation.document.title });
  return citation.page ? `${name}, ${say("page", { label: citation.page.label })}` : name;
}

/** @param {string | undefined} lang @param {Setting} setting @returns {string | null} a language that must be marked up */
function otherLanguage(lang, setting) {
  return lang && lang !== setting.lang ? lang : null;
}

/** @param {any} quote @returns {string} what precedes the quote in its paragraph, from a whole word on */
export function contextBefore({ prefix, start }) {
  const paragraph = prefix.slice(prefix.lastIndexOf("\n") + 1);
  if (paragraph.length < prefix.length || [...prefix].length >= start) return paragraph;
  return `… ${paragraph.slice(paragraph.indexOf(" ") + 1)}`;
}

/** @param {any} quote @returns {string} what follows the quote in its paragraph, up to a whole word */
export function contextAfter({ suffix }) {
  const end = suffix.indexOf("\n");
  if (end >= 0) return suffix.slice(0, end);
  const space = suffix.lastIndexOf(" ");
  return space > 0 ? `${suffix.slice(0, space)} …` : suffix;
}
