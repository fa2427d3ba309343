// @ts-check
// What opens: a host element goes in; a dialog or a section with the first screen, the conversation and the field comes out.
import { Announcer } from "./announce.js";
import { call } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { button, h, sheet } from "./dom.js";
import { PANEL_STYLE } from "./style.js";
import { dateIn, wordsIn } from "./words.js";

const SMALL = "(max-width: 30rem), (max-height: 30rem)";
const ASIDE_EM = 52; // from this width on, each quote stands beside its sentence
const PROPOSED = 3;
const NEAR_PX = 60;

export class Panel {
  /** @param {import("./element.js").PolicyAssistant} host */
  constructor(host) {
    this.host = host;
    this.lang = host.language;
    this.say = wordsIn(this.lang);
    this.announcer = new Announcer();
    this.manner = host.getAttribute("announce") || "auto";
    this.shown = false;
    this.described = false;
    this.takesReports = false;
    /** @type {import("./viewer.js").Viewer | null} */
    this.viewer = null;
    this.small = matchMedia(SMALL);
    /** @type {HTMLElement | null} */
    this.newest = null;
    this.composer = new Composer(this.say, this.announcer, (text) => this.ask(text), () => this.conversation.stop());
    this.setting = this.makeSetting();
    this.first = h("div", { class: "first" });
    this.makeClearing();
    this.conversation = new Conversation(this);
    this.element = this.build();
    const root = /** @type {ShadowRoot} */ (host.shadowRoot);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(PANEL_STYLE)];
    root.append(this.element);
    this.propose(host.proposed);
    if (!host.inline) this.small.addEventListener("change", () => this.refit());
  }

  /** @returns {import("./citation.js").Setting} what the parts of an answer ask of the panel */
  makeSetting() {
    return {
      lang: this.lang, say: this.say, endpoint: this.host.endpoint, feedback: () => this.takesReports, wide: () => this.wide,
      onCitation: (citation) => this.host.tell("citation-open", { n: citation.n, passage_id: citation.passage_id }),
      contact: () => this.link("contact", this.host.linkTo("contact-url")),
      onChoice: (text) => void this.ask(text),
      onView: async (citation, opener) => this.view(citation, opener),
      onCopy: async (citation) => this.kept((await import("./export.js")).copyQuote(citation, this)),
      onKeep: async (what, view) => this.kept((await import("./export.js")).keep(what, view, this)),
      onReport: async (citation, card, opener) => (await import("./report.js")).openReport(citation, card, opener, this),
    };
  }

  /** What is cleared is lost: it takes a second word. */
  makeClearing() {
    const yes = button(this.say("clearYes"), () => this.clear());
    this.clearButton = button(this.say("clear"), () => {
      this.sure.hidden = false;
      this.clearButton.hidden = true;
      yes.focus();
    }, { hidden: true });
    this.sure = h("span", { class: "sure", role: "group", "aria-labelledby": "sure", hidden: true },
      h("span", { id: "sure" }, this.say("sure")), " ", yes, " ", button(this.say("clearNo"), () => this.keepAll()));
  }

  /** The conversation stays after all. */
  keepAll() {
    this.sure.hidden = true;
    this.clearButton.hidden = false;
    this.clearButton.focus();
  }

  /** @returns {HTMLElement} what the visitor may choose; fetched when it is first unfolded */
  makeSettings() {
    const details = h("details", { toggle: async () => {
      const { choices } = await import("./settings.js");
      if (details.childElementCount === 1) details.append(...choices(this));
    } }, h("summary", {}, this.say("settings")));
    return details;
  }

  /** @returns {any} a dialog, or a section of the page */
  build() {
    const { say, host, composer } = this;
    const { inline } = host;
    this.scope = h("span", {});
    const header = h("header", { part: "header" },
      h("h2", { id: "title" }, host.getAttribute("heading") || say("title")), inline && this.clearButton, inline && this.sure,
      !inline && button(say("close"), () => this.hide(), { class: "plain closer" }));
    this.notice = h("p", { class: "notice" }, say("notice"));
    const about = h("div", { class: "quiet about" }, this.scope, " ", this.link("documents", `${host.endpoint}/documents`),
      this.link("privacy", host.linkTo("privacy-url")), this.link("contact", host.linkTo("contact-url")), this.makeSettings(),
      !inline && this.clearButton, !inline && this.sure);
    const { log } = this.conversation;
    this.newer = button(say("newer"), () => this.toNewer(), { class: "newer", hidden: true });
    this.scroll = inline ? h("div", {}) : h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("log") });
    this.scroll.append(this.notice, ...(inline ? [composer.element, this.first, log] : [this.first, log]));
    this.main = h("div", { class: "main" }, this.scroll, ...(inline ? [] : [this.newer, composer.element]), about);
    this.body = h("div", { class: "body" }, this.main);
    const keydown = (/** @type {KeyboardEvent} */ event) => this.onKey(event);
    const attributes = { part: "panel", "aria-labelledby": "title", lang: this.lang, hidden: true, keydown };
    const children = [header, this.body, this.announcer.region];
    if (inline) return h("section", { class: "panel inline", ...attributes }, ...children);
    const closed = { cancel: (/** @type {Event} */ e) => e.preventDefault(), close: () => this.shown && !this.element.open && this.hide() };
    return h("dialog", { class: "panel dialog", ...attributes, ...closed }, ...children);
  }

  /** Whether quotes stand beside their sentences. */
  get wide() {
    return this.main.clientWidth >= ASIDE_EM * Number.parseFloat(getComputedStyle(this.main).fontSize);
  }

  /** @param {string[]} texts questions to propose; none of them once something was asked */
  propose(texts) {
    if (!texts.length) return;
    this.first.replaceChildren(h("h3", { class: "minor" }, this.say("suggestions")),
      h("ul", { class: "suggestions" }, ...texts.slice(0, PROPOSED).map((text) => h("li", {}, button(text, () => this.ask(text), { class: null })))));
  }

  /** @param {string} key @param {string | null} url @returns {HTMLElement | null} */
  link(key, url) {
    if (!url) return null;
    const opens = h("span", { class: "unseen" }, ` ${this.say("newWindow")}`);
    return h("a", { href: url, target: "_blank", rel: "noopener" }, this.say(key), opens);
  }

  /** @param {boolean} focus */
  show(focus) {
    if (!this.shown) {
      this.shown = true;
      this.host.launcher.setAttribute("aria-expanded", "true");
      if (!this.host.inline) this.host.launcher.hidden = true;
      this.fit();
      void this.describe();
    }
    if (focus) this.composer.focus();
  }

  /** A sheet that covers the page is modal, so that nothing behind it can have the focus; a dialog beside it is not. */
  fit() {
    this.element.hidden = false;
    if (this.host.inline) return;
    if (this.small.matches) this.element.showModal();
    else this.element.setAttribute("open", "");
  }

  /** The window was turned or zoomed while the dialog was open. */
  refit() {
    if (!this.shown) return;
    const root = /** @type {ShadowRoot} */ (this.host.shadowRoot);
    const focused = /** @type {HTMLElement | null} */ (root.activeElement);
    this.element.close();
    this.fit();
    focused?.focus();
  }

  hide() {
    if (this.host.inline || !this.shown) return;
    this.shown = false;
    if (this.element.open) this.element.close();
    this.element.hidden = true;
    this.host.removeAttribute("open");
    this.host.launcher.hidden = false;
    this.host.launcher.setAttribute("aria-expanded", "false");
    this.host.launcher.focus();
    this.host.tell("close", {});
  }

  /** @param {KeyboardEvent} event Escape closes the innermost, a level at a time: a card has closed itself before this hears of it */
  onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && (!this.sure.hidden || this.viewer?.shown || !this.host.inline)) {
      event.preventDefault();
      event.stopPropagation();
      if (!this.sure.hidden) this.keepAll();
      else if (this.viewer?.shown) this.viewer.close();
      else this.hide();
    } else if (event.altKey && (event.key === "PageUp" || event.key === "PageDown")) {
      event.preventDefault();
      const down = event.key === "PageDown";
      this.conversation.move(down !== this.host.inline ? 1 : -1);
    }
  }

  /** Say once what the service answers from and propose questions; it can be asked without. */
  async describe() {
    if (this.described) return;
    this.described = true;
    void this.conversation.restore();
    const { endpoint } = this.host;
    const [corpus, offers] = await Promise.allSettled([call(`${endpoint}/v1/corpus`), call(`${endpoint}/v1/suggestions?lang=${this.lang}`)]);
    if (corpus.status === "fulfilled") {
      const date = dateIn(corpus.value.latest_published_on || corpus.value.bundle.built_at, this.lang);
      this.scope.textContent = this.say("scope", { n: corpus.value.sources.length, date });
    }
    if (offers.status === "fulfilled") {
      this.takesReports = offers.value.feedback;
      if (offers.value.sent_to) this.notice.append(` ${this.say("sentTo", { host: offers.value.sent_to })}`);
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.element.querySelectorAll(".reporter"))) button.hidden = !this.takesReports;
      if (!this.host.proposed.length && this.host.getAttribute("suggestions") !== "off") this.propose(offers.value.data);
    }
  }

  /** @param {string} text */
  ask(text) {
    this.viewer?.close(false);
    return this.conversation.ask(text);
  }

  /** What scrolls: the conversation, or in a small window the whole panel. @returns {HTMLElement} */
  get scroller() {
    return getComputedStyle(this.scroll).overflowY === "auto" ? this.scroll : this.element;
  }

  /** A turn was added by the visitor's own act: show it. */
  turnBegan() {
    if (this.host.inline) return;
    this.newer.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.left = this.scroller.scrollTop;
  }

  /** An answer begins to show: bring its start into view, unless the reader has gone elsewhere meanwhile. @param {HTMLElement} item */
  turnAnswered(item) {
    if (this.host.inline) return;
    this.newest = item;
    this.newer.hidden = Math.abs(this.scroller.scrollTop - (this.left || 0)) <= NEAR_PX;
    if (this.newer.hidden) this.showNewest();
  }

  showNewest() {
    const top = this.newest?.getBoundingClientRect().top ?? 0;
    // Not the line above it: a pixel more.
    this.scroller.scrollTop += top - this.scroller.getBoundingClientRect().top + 1;
  }

  /** The reader who had gone elsewhere wants to see it. */
  toNewer() {
    this.newer.hidden = true;
    this.showNewest();
    this.newest?.focus({ preventScroll: true });
  }

  /** @param {any} citation @param {HTMLElement} opener */
  async view(citation, opener) {
    try {
      const { Viewer } = await import("./viewer.js");
      this.viewer ??= new Viewer(this);
    } catch {
      return this.announcer.say(this.say("offline"));
    }
    this.host.tell("citation-open", { n: citation.n, passage_id: citation.passage_id, viewer: true });
    this.viewer.open(citation, opener);
  }

  /** Say how a copy or an export ended. @param {Promise<string>} ended */
  async kept(ended) {
    const said = await ended;
    if (said) this.announcer.say(said);
  }

  clear() {
    this.conversation.clear();
    this.viewer?.close(false);
    this.clearButton.hidden = this.sure.hidden = true;
    this.first.hidden = false;
    this.composer.empty();
    this.composer.last = "";
    this.composer.focus();
    this.announcer.say(this.say("cleared"));
  }
}
