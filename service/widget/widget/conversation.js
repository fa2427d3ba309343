// @ts-check
// The exchanges of one visit: a question goes in; a turn that fills as the service answers, or the reason why not, comes out.
import { Narrator } from "./announce.js";
import { AnswerView, languageOf } from "./answer.js";
import { askService, ServiceError } from "./api.js";
import { h } from "./dom.js";
import { dateIn } from "./words.js";

const KEPT_TURNS = 6;
const TURN_CHARS = 4000;

export class Conversation {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.log = h("ol", { class: "log", part: "log", "aria-label": panel.say("log"), hidden: true });
    /** @type {{role: string, text: string}[]} */
    this.said = [];
    /** @type {AbortController | null} */
    this.pending = null;
    this.bundle = "";
    this.turns = 0;
    /** @type {WeakMap<Element, AnswerView>} */
    this.views = new WeakMap();
    /** @type {import("./memory.js").Memory | null} nothing is stored where the site did not ask for it */
    this.memory = null;
  }

  /** Show again what this tab kept, where the site wants it kept. */
  async restore() {
    const { host } = this.panel;
    if (host.getAttribute("history") !== "session") return;
    try {
      const { Memory } = await import("./memory.js");
      this.memory = new Memory(host.endpoint);
      for (const { question, answer } of this.memory.read()) {
        this.addTurn(question).view.complete(answer);
        this.remember(question, answer);
      }
    } catch {
      this.clear(); // kept by another version
    }
  }

  /** @param {string} raw */
  async ask(raw) {
    const { panel } = this;
    const { composer, host, say } = panel;
    const text = raw.trim();
    if (this.pending) return composer.warn(say("busy"));
    if (!text) return composer.warn(say("empty"), { invalid: true });
    if (!host.tell("question", { turn: this.turns + 1, ...host.exposed({ text }) })) return;
    composer.unwarn();
    const pending = (this.pending = new AbortController());
    const turn = this.addTurn(text);
    const narrator = new Narrator(panel.announcer, say, panel.manner);
    composer.wait(true);
    panel.turnBegan();
    try {
      const body = { question: text, lang: panel.lang, conversation: this.said.slice(-KEPT_TURNS) };
      const answer = await askService(host.endpoint, body, pending.signal, (name, data) => this.onEvent(turn, narrator, name, data));
      this.finish(turn, narrator, text, answer);
    } catch (fault) {
      narrator.end();
      this.giveUp(turn, text, fault);
    } finally {
      this.pending = null;
      composer.wait(false);
    }
  }

  /** @param {{view: AnswerView, item: HTMLElement}} turn @param {Narrator} narrator @param {string} name @param {any} data */
  onEvent({ view, item }, narrator, name, data) {
    if (name === "retrieval.completed") view.retrieved(data.passages);
    else if (name === "answer.notice") view.addNotice(data.notice);
    else if (name === "answer.statement") {
      view.addStatement(data.statement, data.citations);
      narrator.sentence(data.statement.text, languageOf(data.statement, data.citations, this.panel));
      this.panel.composer.taken(view.question);
      if (view.said.length === 1) this.panel.turnAnswered(item);
    }
  }

  /** @param {{view: AnswerView, item: HTMLElement}} turn @param {Narrator} narrator @param {string} text @param {any} answer */
  finish({ view, item }, narrator, text, answer) {
    const { panel } = this;
    const before = view.complete(answer);
    if (!before) narrator.held = [];
    for (const statement of answer.statements.slice(before)) {
      const cited = statement.citations.map((/** @type {number} */ n) => answer.citations[n - 1]);
      narrator.sentence(statement.text, languageOf(statement, cited, panel));
    }
    panel.composer.taken(text);
    if (this.bundle && this.bundle !== answer.bundle.id) this.noteChange(item, answer);
    this.remember(text, answer);
    this.memory?.add(text, answer);
    narrator.finish(this.lastWords(answer));
    if (!before) panel.turnAnswered(item);
    panel.host.tell("answer", {
      id: answer.id, outcome: answer.outcome, citations: answer.citations.length, total_ms: answer.timings_ms.total,
      ...panel.host.exposed({ text: answer.text }),
    });
  }

  /** @param {string} text @param {any} answer */
  remember(text, answer) {
    this.bundle = answer.bundle.id;
    this.said.push({ role: "user", text }, { role: "assistant", text: answer.text.slice(0, TURN_CHARS) });
    if (this.panel.sure.hidden) this.panel.clearButton.hidden = false;
  }

  /** @param {any} answer @returns {string} */
  lastWords(answer) {
    const { say } = this.panel;
    const n = answer.citations.length;
    const notices = answer.notices.map((/** @type {any} */ notice) => ` ${notice.text}`).join("");
    if (!answer.statements.length) return answer.nearest.length ? `${answer.text} ${say("near")}.` : answer.text + notices;
    return (answer.completeness === "partial" ? say("donePartial") : say(n > 1 ? "doneMany" : "done", { n })) + notices;
  }

  /** @param {HTMLElement} item @param {any} answer the index was changed while they talked */
  noteChange(item, answer) {
    const text = this.panel.say("changed", { date: dateIn(answer.bundle.built_at, this.panel.lang) });
    item.prepend(h("p", { class: "notices changed" }, text));
    this.panel.announcer.say(text);
  }

  /** @param {string} text @returns {{item: HTMLElement, view: AnswerView}} */
  addTurn(text) {
    const { panel } = this;
    this.turns += 1;
    const view = new AnswerView(panel.setting, text);
    const item = h("li", { class: "turn", part: "message", tabindex: "-1" },
      h("div", { class: "asked" }, h("h3", {}, panel.say("you")), h("p", { dir: "auto" }, text)),
      h("h3", { class: "unseen" }, panel.say("assistant")), view.element);
    this.views.set(item, view);
    if (panel.host.inline) this.log.prepend(item);
    else this.log.append(item);
    this.log.hidden = false;
    panel.first.hidden = true;
    return { item, view };
  }

  /** @param {{item: HTMLElement, view: AnswerView}} turn @param {string} text @param {any} fault */
  giveUp({ item, view }, text, fault) {
    const { panel } = this;
    const refused = fault instanceof ServiceError;
    if (refused) panel.host.tell("error", { code: fault.code, request_id: fault.reference });
    if (view.said.length) {
      if (!refused) return view.stop(panel.say("stopped"));
      return view.interrupt(fault.code === "cut" ? panel.say("cut") : `${panel.say("cut")} ${this.explain(fault)}`, () => this.ask(text));
    }
    item.remove();
    this.log.hidden = !this.log.childElementCount;
    panel.first.hidden = !this.log.hidden;
    if (!panel.composer.field.value.trim()) panel.composer.fill(text);
    if (!refused) return panel.announcer.say(panel.say("stopped"));
    if (fault.code === "rate_limited") return panel.composer.countDown(fault.retryAfterS || 30);
    const invalid = fault.code.startsWith("question_") || fault.code === "personal_data_detected";
    panel.composer.warn(this.explain(fault), { invalid, retry: invalid || fault.code === "maintenance" ? undefined : () => this.ask(text) });
  }

  /** @param {ServiceError} fault @returns {string} */
  explain(fault) {
    const { say } = this.panel;
    if (fault.code === "offline") return say("offline");
    if (fault.code === "cut") return `${say("cut")} ${say("error", { ref: fault.reference || "?" })}`;
    if (fault.code === "internal_error" || !fault.detail) return say("error", { ref: fault.reference });
    return fault.detail;
  }

  stop() {
    this.pending?.abort();
  }

  /** Forget everything that was asked. */
  clear() {
    this.stop();
    this.said = [];
    this.bundle = "";
    this.memory?.forget();
    this.log.replaceChildren();
    this.log.hidden = true;
  }

  /** Move to the exchange before (-1) or after (1) the one that has the focus. @param {number} step */
  move(step) {
    const turns = /** @type {HTMLElement[]} */ ([...this.log.children]);
    const root = /** @type {ShadowRoot} */ (this.log.getRootNode());
    const at = turns.findIndex((turn) => turn.contains(root.activeElement));
    const next = at < 0 ? (step < 0 ? turns.length - 1 : 0) : Math.min(Math.max(at + step, 0), turns.length - 1);
    turns[next]?.focus();
    turns[next]?.scrollIntoView({ block: "start" });
  }
}
