// @ts-check
// One answer on screen: events of the service go in as they come; statements, quotes, notices and sources come out as elements.
import { badge, citationElements, nearCard, otherLanguage, sourceList } from "./citation.js";
import { button, h } from "./dom.js";
import { dateIn } from "./words.js";

/** @typedef {import("./citation.js").Setting} Setting */

const LONG_WORD_CHARS = 20;

export class AnswerView {
  /** @param {Setting} setting @param {string} question */
  constructor(setting, question) {
    this.setting = setting;
    this.question = question;
    /** @type {any} */
    this.answer = null;
    /** @type {string[]} */
    this.said = [];
    this.noticed = 0;
    this.state = h("div", { class: "quiet searching" }, h("p", {}, setting.say("searching")));
    this.rows = h("div", { class: "rows" });
    this.notices = h("ul", { class: "notices", hidden: true });
    this.end = h("div", { class: "end" });
    this.body = h("div", { class: "answer", part: "answer" }, this.state, this.rows, this.notices, this.end);
    this.element = h("div", { class: "reply", "aria-busy": "true" }, this.body);
  }

  /** @param {any[]} passages what the answer will be made from: their documents, at most three */
  retrieved(passages) {
    if (this.said.length) return;
    const titles = new Map(passages.map((p) => [p.document.id, p.document]));
    const list = [...titles.values()].slice(0, 3).map((d) => h("li", { lang: otherLanguage(d.language, this.setting) }, d.title));
    if (list.length) this.state.replaceChildren(h("p", {}, this.setting.say("found")), h("ul", {}, ...list));
  }

  /** @param {any} statement @param {any[]} citations its own, in full */
  addStatement(statement, citations) {
    const { setting } = this;
    this.state.remove();
    const made = citations.map((citation) => citationElements(citation, setting));
    this.said.push(statement.text);
    this.rows.append(h("div", { class: "row" },
      h("p", { class: "statement" }, ...held(statement.text, made, languageOf(statement, citations, setting)),
        !citations.length && h("span", { class: "quiet" }, setting.say("unsourced")),
        statement.status !== "in_force" && h("span", {}, " ", badge(statement.status, setting))),
      h("div", { class: "cards" }, ...made.map((one) => one.card))));
  }

  /** @param {any} notice */
  addNotice(notice) {
    this.noticed += 1;
    this.notices.hidden = false;
    this.notices.append(h("li", {}, notice.text));
  }

  /**
   * @param {any} answer the whole one; what was shown of it already is not shown again, and what it does not hold goes
   * @returns {number} how many of its statements stood already
   */
  complete(answer) {
    const { setting } = this;
    this.answer = answer;
    this.state.remove();
    if (this.said.some((text, n) => text !== answer.statements[n]?.text)) {
      this.rows.replaceChildren();
      this.said = [];
    }
    const stood = this.said.length;
    for (const statement of answer.statements.slice(stood)) {
      this.addStatement(statement, statement.citations.map((/** @type {number} */ n) => answer.citations[n - 1]));
    }
    for (const notice of answer.notices.slice(this.noticed)) this.addNotice(notice);
    if (!this.said.length) this.rows.append(h("p", { class: "statement" }, answer.text));
    this.body.setAttribute("data-outcome", answer.outcome);
    this.end.append(...this.ending(answer));
    this.element.removeAttribute("aria-busy");
    this.body.classList.toggle("aligned", setting.wide());
    return stood;
  }

  /** @param {any} answer @returns {HTMLElement[]} how whole it is, its sources, what can be done with it, and what it stands on */
  ending(answer) {
    const { say, lang } = this.setting;
    const parts = [];
    if (this.said.length) {
      parts.push(h("p", { class: "quiet" }, answer.completeness === "partial" && h("strong", {}, `${say("partial")} `), say(answer.mode)));
      parts.push(sourceList(answer.citations, this.setting), this.keeping());
    }
    if (answer.choices.length) parts.push(choices(answer.choices, this.setting));
    if (answer.nearest.length) {
      parts.push(h("p", { class: "quiet" }, say("rephrase")),
        h("div", { class: "near" }, h("h4", {}, say("near")),
          ...answer.nearest.map((/** @type {any} */ passage) => nearCard(passage, this.setting))));
      const contact = this.setting.contact();
      if (contact) parts.push(h("p", {}, contact));
    }
    parts.push(h("p", { class: "quiet stamp" }, say("index", { date: dateIn(answer.bundle.built_at, lang) })));
    return parts;
  }

  /** @returns {HTMLElement} */
  keeping() {
    const { say, onKeep } = this.setting;
    const buttons = ["copy", "markdown", "json", "print"].map((what) => button(say(what), () => onKeep(what, this)));
    return h("div", { class: "actions", role: "group", "aria-label": say("actions") }, ...buttons);
  }

  /** The answer will not come to its end: what came stays. @param {string} why @param {() => void} again */
  interrupt(why, again) {
    const { say } = this.setting;
    this.state.remove();
    this.element.removeAttribute("aria-busy");
    this.end.append(h("p", { class: "cut", role: "alert" }, why),
      h("p", {}, button(say("again"), again, { class: "stop" })));
  }

  /** Cut because the visitor said so: nothing to be told. @param {string} why */
  stop(why) {
    this.state.remove();
    this.element.removeAttribute("aria-busy");
    this.end.append(h("p", { class: "cut" }, why));
  }
}

/** @param {any} statement @param {any[]} citations @param {{lang: string}} setting @returns {string | null} that of an extract is its document's */
export function languageOf({ text }, citations, setting) {
  return citations[0]?.quote.exact === text ? otherLanguage(citations[0].quote.lang, setting) : null;
}

/**
 * A sentence and its markers; the first stays on the line of the last word, which no space before a button ensures.
 * @param {string} text @param {{marker: HTMLElement}[]} made @param {string | null} lang @returns {(Node | string)[]}
 */
function held(text, made, lang) {
  const last = text.lastIndexOf(" ") + 1;
  if (!made.length || text.length - last > LONG_WORD_CHARS) return [h("span", { lang }, text), "\u00a0", ...made.map((one) => one.marker)];
  const [first, ...others] = made.map((one) => one.marker);
  return [h("span", { lang }, text.slice(0, last)), h("span", { class: "held" }, h("span", { lang }, text.slice(last)), "\u00a0", first), ...others];
}

/** @param {string[]} texts @param {Setting} setting @returns {HTMLElement} */
function choices(texts, { say, onChoice }) {
  return h("div", {}, h("h4", {}, say("choices")),
    h("ul", { class: "suggestions" }, ...texts.map((text) => h("li", {}, button(text, () => onChoice(text), { class: null })))));
}
