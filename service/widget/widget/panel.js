// @ts-check
// The conversation: what the visitor types goes in; questions, answers, sources and their announcements come out.
import { Announcer } from "./announce.js";
import { answerElement } from "./answer.js";
import { askService, describeCorpus, ServiceError } from "./api.js";
import { Composer } from "./composer.js";
import { h, sheet } from "./dom.js";
import { PANEL_STYLE } from "./style.js";
import { dateIn, wordsIn } from "./words.js";

const QUIET_MS = 500;
const KEPT_TURNS = 6;
const TURN_CHARS = 4000;

export class Panel {
  /** @param {import("./element.js").PolicyAssistant} host */
  constructor(host) {
    this.host = host;
    this.lang = host.language;
    this.say = wordsIn(this.lang);
    this.announcer = new Announcer();
    this.composer = new Composer(this.say, (text) => this.ask(text), () => this.stop());
    this.turns = 0;
    this.shown = false;
    this.described = false;
    /** @type {{role: string, text: string}[]} */
    this.conversation = [];
    /** @type {AbortController | null} */
    this.pending = null;
    this.element = this.build();
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(PANEL_STYLE)];
    root.append(this.element);
  }

  /** @returns {HTMLElement} */
  build() {
    const { say, host } = this;
    this.scope = h("span", {});
    this.log = h("ol", { class: "log", part: "log", "aria-label": say("log"), hidden: true });
    this.clearButton = h("button", { type: "button", class: "plain", hidden: true, click: () => this.clear() }, say("clear"));
    const header = h("header", { part: "header" },
      h("h2", { id: "title" }, host.getAttribute("heading") || say("title")), host.inline && this.clearButton,
      !host.inline && h("button", { type: "button", class: "plain", click: () => this.hide() }, say("close")));
    const notice = h("p", { class: "notice" }, say("notice"));
    this.first = this.suggestions();
    const about = h("p", { class: "quiet about" }, this.scope, " ", this.link("documents", `${host.endpoint}/documents`),
      this.link("privacy", host.getAttribute("privacy-url")), this.link("contact", host.getAttribute("contact-url")), !host.inline && this.clearButton);
    const body = host.inline
      ? [notice, this.composer.element, this.first, this.log]
      : [h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("log") }, notice, this.first, this.log), this.composer.element];
    const attributes = { class: host.inline ? "panel inline" : "panel dialog", part: "panel", "aria-labelledby": "title", lang: this.lang };
    const role = host.inline ? {} : { role: "dialog", keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event) };
    return h("section", { ...attributes, ...role, hidden: true }, header, ...body, about, this.announcer.region);
  }

  /** @returns {HTMLElement | null} */
  suggestions() {
    const texts = this.host.proposed;
    if (!texts.length) return null;
    return h("div", {}, h("h3", { class: "minor" }, this.say("suggestions")),
      h("ul", { class: "suggestions" }, ...texts.map((text) => h("li", {}, h("button", { type: "button", click: () => this.ask(text) }, text)))));
  }

  /** @param {string} key @param {string | null} url @returns {HTMLElement | null} */
  link(key, url) {
    return url ? h("a", { href: url, target: "_blank", rel: "noopener" }, this.say(key), h("span", { class: "unseen" }, ` ${this.say("newWindow")}`)) : null;
  }

  /** @param {boolean} focus */
  show(focus) {
    this.shown = true;
    this.element.hidden = false;
    this.host.launcher.setAttribute("aria-expanded", "true");
    if (!this.host.inline) this.host.launcher.hidden = true;
    if (focus) this.composer.focus();
    void this.describe();
  }

  hide() {
    if (this.host.inline || !this.shown) return;
    this.shown = false;
    this.element.hidden = true;
    this.host.removeAttribute("open");
    this.host.launcher.hidden = false;
    this.host.launcher.setAttribute("aria-expanded", "false");
    this.host.launcher.focus();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.hide();
    }
  }

  /** Say once what the service answers from; it can be asked without. */
  async describe() {
    if (this.described) return;
    this.described = true;
    try {
      const corpus = await describeCorpus(this.host.endpoint);
      const date = dateIn(corpus.latest_published_on || corpus.bundle.built_at, this.lang);
      this.scope.textContent = this.say("scope", { n: corpus.sources.length, date });
    } catch {
      this.described = false;
    }
  }

  /** @param {string} raw */
  async ask(raw) {
    const text = raw.trim();
    if (this.pending) return this.composer.warn(this.say("busy"));
    if (!text) return this.composer.warn(this.say("empty"), true);
    const pending = (this.pending = new AbortController());
    const turn = this.addTurn(text);
    this.composer.wait(true);
    this.host.tell("question", { turn: this.turns });
    const quiet = setTimeout(() => this.announcer.say(this.say("searching")), QUIET_MS);
    try {
      const body = { question: text, lang: this.lang, conversation: this.conversation.slice(-KEPT_TURNS) };
      const answer = await askService(this.host.endpoint, body, pending.signal);
      this.showAnswer(turn, text, answer);
    } catch (fault) {
      this.giveUp(turn, text, fault);
    } finally {
      clearTimeout(quiet);
      this.pending = null;
      this.composer.wait(false);
    }
  }

  /** @param {string} text @returns {{item: HTMLElement, reply: HTMLElement}} */
  addTurn(text) {
    this.turns += 1;
    const reply = h("div", { class: "reply", "aria-busy": "true" }, h("p", { class: "quiet" }, this.say("searching")));
    const item = h("li", { class: "turn", part: "message" },
      h("div", { class: "asked" }, h("h3", {}, this.say("you")), h("p", { dir: "auto" }, text)),
      h("h3", {}, this.say("assistant")), reply);
    if (this.host.inline) this.log.prepend(item);
    else this.log.append(item);
    this.log.hidden = false;
    if (this.first) this.first.hidden = true;
    return { item, reply };
  }

  /** @param {{item: HTMLElement, reply: HTMLElement}} turn @param {string} text @param {any} answer */
  showAnswer({ item, reply }, text, answer) {
    const setting = {
      lang: this.lang, say: this.say, endpoint: this.host.endpoint, turn: this.turns,
      onCitation: (/** @type {any} */ citation) => this.host.tell("citation-open", { n: citation.n, passage_id: citation.passage_id }),
      onChoice: (/** @type {string} */ choice) => void this.ask(choice),
    };
    reply.replaceChildren(answerElement(answer, setting));
    reply.removeAttribute("aria-busy");
    this.clearButton.hidden = false;
    this.composer.empty();
    this.conversation.push({ role: "user", text }, { role: "assistant", text: answer.text.slice(0, TURN_CHARS) });
    this.announce(answer);
    if (!this.host.inline) item.scrollIntoView({ block: "start" });
    this.host.tell("answer", { id: answer.id, outcome: answer.outcome, citations: answer.citations.length, total_ms: answer.timings_ms.total });
  }

  /** @param {any} answer */
  announce(answer) {
    const n = answer.citations.length;
    const said = answer.statements.length ? answer.statements.map((/** @type {any} */ s) => s.text).join(" ") : answer.text;
    this.announcer.say(n ? `${said} ${this.say(n > 1 ? "doneMany" : "done", { n })}` : said);
  }

  /** @param {{item: HTMLElement}} turn @param {string} text @param {any} fault */
  giveUp({ item }, text, fault) {
    item.remove();
    this.log.hidden = !this.log.childElementCount;
    if (this.first) this.first.hidden = !this.log.hidden;
    this.composer.fill(text);
    if (!(fault instanceof ServiceError)) return this.announcer.say(this.say("stopped"));
    this.composer.warn(this.explain(fault), fault.code.startsWith("question_"));
    this.host.tell("error", { code: fault.code, request_id: fault.reference });
  }

  /** @param {ServiceError} fault @returns {string} */
  explain(fault) {
    if (fault.code === "offline") return this.say("offline");
    if (fault.code === "rate_limited") return this.say("rate", { s: fault.retryAfterS || 30 });
    if (fault.code === "internal_error" || !fault.detail) return this.say("error", { ref: fault.reference });
    return fault.detail;
  }

  stop() {
    this.pending?.abort();
  }

  clear() {
    this.stop();
    this.conversation = [];
    this.log.replaceChildren();
    this.log.hidden = true;
    this.clearButton.hidden = true;
    if (this.first) this.first.hidden = false;
    this.composer.empty();
    this.composer.focus();
  }
}
