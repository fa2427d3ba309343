// @ts-check
// One source of an answer: a citation goes in; its marker, and the card with the marked quote in its context, come out.
import { button, h } from "./dom.js";
import { dateIn } from "./words.js";

/**
 * @typedef {{lang: "fr" | "en", say: import("./words.js").Say, endpoint: string, feedback: () => boolean,
 *   onCitation: (citation: any) => void, onChoice: (text: string) => void, onView: (citation: any, opener: HTMLElement) => void,
 *   onCopy: (citation: any) => void, onReport: (citation: any, card: HTMLElement, opener: HTMLElement) => void,
 *   onKeep: (what: string, view: import("./answer.js").AnswerView) => void, wide: () => boolean, contact: () => HTMLElement | null}} Setting
 */

/** @param {any} citation @param {Setting} setting @returns {{marker: HTMLButtonElement, card: HTMLElement}} */
export function citationElements(citation, setting) {
  const { say } = setting;
  const name = sourceName(citation, setting);
  const card = sourceCard(citation, name, setting);
  const marker = button(String(citation.n), () => toggle(), { class: "cite", part: "citation", "aria-label": name, "aria-expanded": "false" });
  /** @param {boolean} open */
  function show(open) {
    card.hidden = !open;
    marker.setAttribute("aria-expanded", String(open));
  }
  function toggle() {
    if (!card.hidden && !setting.wide()) return show(false);
    show(true);
    setting.onCitation(citation);
    card.focus({ preventScroll: true });
    // With its sentence where both have room, else from its own start, so that no line is cut in two.
    const row = /** @type {HTMLElement} */ (card.closest(".row"));
    const room = Math.min(innerHeight, card.closest(".scroll")?.clientHeight ?? innerHeight);
    if (row.offsetHeight < room) row.scrollIntoView({ block: "nearest" });
    else card.scrollIntoView({ block: "start" });
  }
  card.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    show(false);
    marker.focus();
  });
  show(setting.wide());
  card.setAttribute("aria-label", name);
  if (citation.verified === false) marker.title = say("unverified");
  return { marker, card };
}

/** @param {any} citation @param {string} name @param {Setting} setting @returns {HTMLElement} */
function sourceCard(citation, name, setting) {
  const { say } = setting;
  const { quote } = citation;
  const buttons = h("p", { class: "actions" },
    button(say("view"), (e) => setting.onView(citation, e.currentTarget)), button(say("copyQuote"), () => setting.onCopy(citation)),
    button(say("report"), (e) => setting.onReport(citation, card, e.currentTarget), { class: "plain reporter", hidden: !setting.feedback() }));
  const card = h("div", { class: "source", part: "source", role: "group", tabindex: "-1" },
    h("h4", {}, h("span", { class: "number", "aria-hidden": "true" }, String(citation.n)), " ", title(citation.document, setting)),
    place(citation, setting),
    h("blockquote", { lang: otherLanguage(quote.lang, setting) },
      h("span", { class: "around" }, contextBefore(quote)), h("mark", {}, quote.exact), h("span", { class: "around" }, contextAfter(quote))),
    buttons);
  return card;
}

/** @param {any} passage one that answers nothing but is near @param {Setting} setting @returns {HTMLElement} */
export function nearCard(passage, setting) {
  const { start, end } = spanOf(passage.links.view);
  const shown = { ...passage, n: 0, quote: { exact: passage.text, start, end, prefix: "", suffix: "", lang: passage.document.language }, boxes: [] };
  return h("div", { class: "source", part: "source", role: "group", "aria-label": passage.document.title },
    h("h4", {}, title(passage.document, setting)), place(passage, setting),
    h("blockquote", { lang: otherLanguage(passage.document.language, setting) }, passage.text),
    h("p", { class: "actions" }, button(setting.say("view"), (e) => setting.onView(shown, e.currentTarget))));
}

/** @param {string} path @returns {{start: number, end: number}} the characters that an address of the corpus browser marks */
function spanOf(path) {
  const query = new URL(path, location.href).searchParams;
  return { start: Number(query.get("start")), end: Number(query.get("end")) };
}

/** @param {any[]} citations @param {Setting} setting @returns {HTMLElement} the documents cited, each once, with the numbers that stand on it */
export function sourceList(citations, setting) {
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const citation of citations) groups.set(citation.document.id, [...(groups.get(citation.document.id) || []), citation]);
  return h("div", { class: "documents" }, h("h4", {}, setting.say("sources")), h("ul", {}, ...[...groups.values()].map((group) => {
    const document_ = group[0].document;
    const marks = group.map((c) => (c.page ? `[${c.n}] ${setting.say("page", { label: c.page.label })}` : `[${c.n}]`)).join(", ");
    return h("li", {}, title(document_, setting), " ",
      h("span", { class: "quiet" }, [document_.publisher, dateIn(document_.published_on, setting.lang), marks].filter(Boolean).join(" · ")));
  })));
}

/** @param {any} document_ @param {Setting} setting @returns {HTMLElement} */
export function title(document_, setting) {
  const lang = otherLanguage(document_.language, setting);
  return h("span", {}, h("span", { lang }, document_.title), " ", badge(document_.status, setting, document_));
}

/** @param {any} item @param {Setting} setting @returns {HTMLElement} publisher, date, page; then the section's path */
export function place(item, { say, lang }) {
  const parts = [item.document.publisher, dateIn(item.document.published_on, lang), item.page && say("page", { label: item.page.label })];
  return h("div", { class: "place" }, h("p", {}, parts.filter(Boolean).join(" · ")),
    item.section.length > 0 && h("p", {}, item.section.join(" › ")));
}

/** @param {string} status @param {Setting} setting @param {any} [document_] whose dates say more @returns {HTMLElement} */
export function badge(status, { say, lang }, document_ = {}) {
  const { valid_to: until, valid_from: from } = document_;
  const word = say(status);
  const text = status === "superseded" && until ? say("until", { status: word, date: dateIn(until, lang) })
    : status === "announced" && from ? say("from", { status: word, date: dateIn(from, lang) }) : word;
  return h("span", { class: `badge ${status}` }, text);
}

/** @param {any} citation @param {Setting} setting @returns {string} "Source 2 : title, page 12" */
export function sourceName(citation, { say }) {
  const name = say("source", { n: String(citation.n), title: citation.document.title });
  return citation.page ? `${name}, ${say("page", { label: citation.page.label })}` : name;
}

/** @param {string | undefined} lang @param {{lang: string}} setting @returns {string | null} a language that must be marked up */
export function otherLanguage(lang, setting) {
  return lang && lang !== setting.lang ? lang : null;
}

/** @param {any} quote @returns {string} what precedes the quote in its paragraph, from a whole word on */
export function contextBefore({ prefix, start }) {
  const paragraph = prefix.slice(prefix.lastIndexOf("\n") + 1);
  if (paragraph.length < prefix.length || [...prefix].length >= start) return paragraph;
  return `…\u00a0${paragraph.slice(paragraph.indexOf(" ") + 1)}`;
}

/** @param {any} quote @returns {string} what follows the quote in its paragraph, up to a whole word */
export function contextAfter({ suffix }) {
  const end = suffix.indexOf("\n");
  if (end >= 0) return suffix.slice(0, end);
  const space = suffix.lastIndexOf(" ");
  return space > 0 ? `${suffix.slice(0, space)}\u00a0…` : suffix;
}
