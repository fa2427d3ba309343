// @ts-check
// The source viewer: a citation goes in; its page comes out as text with the quote marked and, for a PDF, as a picture.
import { call } from "./api.js";
import { otherLanguage, place, title } from "./citation.js";
import { button, h, sheet } from "./dom.js";
import { VIEWER_STYLE } from "./viewer_style.js";
import { wordsIn } from "./words.js";

/** @type {Record<string, [string, string]>} */
const WORDS = {
  back: ["Fermer le document", "Close the document"],
  text: ["Texte", "Text"],
  page: ["Page", "Page"],
  tabs: ["Présentation de la page", "Ways to show the page"],
  loading: ["Chargement de la page…", "Loading the page…"],
  failed: ["La page n'a pas pu être chargée. Voici l'extrait cité.", "The page could not be loaded. Here is the quote."],
  noImage: ["L'image de la page n'a pas pu être chargée ; son texte est dans l'onglet Texte.", "The image of the page could not be loaded; its text is in the Text tab."],
  notice: ["Texte tiré du document ; seul l'original fait foi.", "Text taken from the document; only the original is authoritative."],
  alt: ["{page} de « {title} », le passage cité surligné. Son texte est dans l'onglet Texte.", "{page} of “{title}”, the quoted passage highlighted. Its text is in the Text tab."],
  pageName: ["Page {label}", "Page {label}"],
  whole: ["Texte du document", "Text of the document"],
  zoom: ["Agrandissement", "Zoom"],
  original: ["Document d'origine", "Original document"],
  corpus: ["Page du corpus", "Page of the corpus"],
  newWindow: ["(nouvelle fenêtre)", "(new window)"],
  marked: ["Début de l'extrait cité", "Start of the quote"],
  markedEnd: ["Fin de l'extrait cité", "End of the quote"],
};
const ABOVE_PX = 100;
const ZOOMS = [100, 150, 200];
const WIDTHS_PX = { 100: 960, 150: 1280, 200: 1920 };

export class Viewer {
  /** @param {import("./panel.js").Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.say = wordsIn(panel.lang, WORDS);
    this.shown = false;
    this.opened = 0;
    /** @type {HTMLElement | null} */
    this.opener = null;
    this.element = h("section", { class: "viewer", part: "viewer", "aria-labelledby": "viewer-title", hidden: true });
    panel.body.append(this.element);
    const root = /** @type {ShadowRoot} */ (panel.host.shadowRoot);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(VIEWER_STYLE)];
  }

  /** @param {any} citation @param {HTMLElement} opener gets the focus back */
  open(citation, opener) {
    this.opener = opener;
    this.shown = true;
    this.citation = citation;
    const { say, panel } = this;
    const head = h("h3", { id: "viewer-title", tabindex: "-1" }, title(citation.document, panel.setting));
    const tabs = citation.links.page_image ? this.tabs() : null;
    this.textPanel = h("div", { class: "reading", tabindex: "0", ...(tabs ? { role: "tabpanel", id: "text-panel", "aria-labelledby": "text-tab" } : { role: "group", "aria-labelledby": "viewer-title" }) },
      h("p", { class: "quiet" }, say("loading")));
    this.pagePanel = h("div", { class: "picture", hidden: true, role: "tabpanel", id: "page-panel", "aria-labelledby": "page-tab" });
    this.drawn = false;
    this.element.replaceChildren(
      h("div", { class: "viewer-head" }, button(say("back"), () => this.close()), head,
        place(citation, panel.setting), this.links(citation), tabs),
      this.textPanel, tabs ? this.pagePanel : "");
    this.element.hidden = false;
    panel.body.classList.add("reading-now");
    panel.element.classList.add("widened");
    head.focus({ preventScroll: true });
    if (panel.host.inline) this.element.scrollIntoView({ block: "nearest" });
    void this.loadText(citation);
  }

  /** @param {boolean} [focus] whether the focus goes back to what opened it */
  close(focus = true) {
    if (!this.shown) return;
    this.shown = false;
    this.opened += 1;
    this.element.hidden = true;
    this.panel.body.classList.remove("reading-now");
    this.panel.element.classList.remove("widened");
    if (!focus) return;
    if (this.opener?.checkVisibility()) this.opener.focus();
    else this.panel.composer.focus();
  }

  /** @param {any} citation @returns {HTMLElement} */
  links({ document: doc, links, page, quote }) {
    const { endpoint } = this.panel.host;
    const original = doc.url ? doc.url + fragment(doc, page, quote) : links.document.startsWith("/") ? endpoint + links.document : links.document;
    const link = (/** @type {string} */ key, /** @type {string | null} */ href) => h("a", { href, target: "_blank", rel: "noopener" }, this.say(key), h("span", { class: "unseen" }, ` ${this.say("newWindow")}`));
    return h("p", { class: "links" }, link("original", safe(original)), " ", link("corpus", endpoint + links.view));
  }

  /** @returns {HTMLElement} the two tabs; arrow keys move between them */
  tabs() {
    const names = ["text", "page"];
    this.tabButtons = names.map((name) => button(this.say(name), () => this.choose(name), {
      role: "tab", id: `${name}-tab`, class: "tab", "aria-controls": `${name}-panel`,
      "aria-selected": String(name === "text"), tabindex: name === "text" ? "0" : "-1",
    }));
    return h("div", { class: "tabs", role: "tablist", "aria-label": this.say("tabs"), keydown: (/** @type {KeyboardEvent} */ event) => {
      if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      event.preventDefault();
      const chosen = /** @type {HTMLElement[]} */ (this.tabButtons).findIndex((tab) => tab.getAttribute("aria-selected") === "true");
      const next = event.key === "Home" ? 0 : event.key === "End" ? 1 : 1 - chosen;
      this.choose(names[next]);
      this.tabButtons?.[next].focus();
    } }, ...this.tabButtons);
  }

  /** @param {string} name text or page */
  choose(name) {
    for (const tab of this.tabButtons || []) {
      const chosen = tab.id === `${name}-tab`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.setAttribute("tabindex", chosen ? "0" : "-1");
    }
    this.textPanel.hidden = name !== "text";
    this.pagePanel.hidden = name !== "page";
    if (name === "page" && !this.drawn) this.draw();
    if (name === "text") this.showMark();
  }

  /** @param {any} citation */
  async loadText(citation) {
    const opened = (this.opened += 1);
    let blocks;
    try {
      const page = await call(this.panel.host.endpoint + citation.links.page_text);
      const label = citation.page ? this.say("pageName", { label: citation.page.label }) : this.say("whole");
      blocks = [h("h4", {}, label), h("p", { class: "quiet" }, this.say("notice")), this.layOut(page.text, citation.quote)];
    } catch {
      blocks = [h("p", { class: "quiet" }, this.say("failed")),
        h("div", { class: "page-text" }, h("p", {}, citation.quote.prefix, h("mark", {}, citation.quote.exact), citation.quote.suffix))];
    }
    if (opened !== this.opened) return;
    this.textPanel.replaceChildren(...blocks);
    this.showMark();
  }

  /**
   * @param {string} text of the page, exactly @param {any} quote its offsets count code points, those of strings UTF-16 units
   * @returns {HTMLElement} paragraphs, with the quote marked
   */
  layOut(text, { start, end, lang }) {
    const chars = [...text];
    const from = chars.slice(0, start).join("").length;
    const to = from + chars.slice(start, end).join("").length;
    const headings = new Set([...this.citation.section, this.citation.document.title]);
    const made = h("div", { class: "page-text", lang: otherLanguage(lang, this.panel) });
    /** @param {number} at @param {number} stop @returns {(string | HTMLElement | false)[]} the text between, its part of the quote marked */
    const marked = (at, stop) => {
      const a = Math.min(Math.max(from, at), stop);
      const b = Math.min(Math.max(to, at), stop);
      const mark = b > a && h("mark", {},
        a === from && h("span", { class: "unseen" }, `[${this.say("marked")}] `), text.slice(a, b),
        b === to && h("span", { class: "unseen" }, ` [${this.say("markedEnd")}]`));
      return [text.slice(at, a), mark, text.slice(b, stop)];
    };
    for (const { 0: paragraph, index: at } of text.matchAll(/\S(?:(?!\n\n)[^])*/g)) {
      if (!paragraph.includes(" | ")) {
        made.append(h("p", { class: headings.has(paragraph.trim()) ? "heading" : null }, ...marked(at, at + paragraph.length)));
        continue;
      }
      const rows = [...paragraph.matchAll(/.+/g)].map((line) => h("span", {}, ...marked(at + line.index, at + line.index + line[0].length)));
      made.append(h("p", { class: "rows" }, ...rows));
    }
    return made;
  }

  showMark() {
    const mark = this.textPanel.querySelector("mark");
    if (!mark) return;
    const { top } = mark.getBoundingClientRect();
    const lead = top - /** @type {HTMLElement} */ (mark.closest("p")).getBoundingClientRect().top;
    // From the paragraph's start, where that is near.
    this.scrollTo(top, this.textPanel, lead < innerHeight / 4 ? lead + 8 : ABOVE_PX);
  }

  /** @param {number} top of what should be seen, in the window: it is brought a little under the top of what scrolls @param {HTMLElement} inner @param {number} [above] */
  scrollTo(top, inner, above = ABOVE_PX) {
    const scrolls = inner.scrollHeight > inner.clientHeight + 1;
    const box = scrolls ? inner : this.panel.host.inline ? document.documentElement : this.panel.element;
    const from = box === document.documentElement ? 0 : box.getBoundingClientRect().top;
    if (top - from > box.clientHeight * 0.8 || top < from) box.scrollTop += top - from - Math.min(above, box.clientHeight / 2);
  }

  /** Show the page, and those on which the quote goes on, as pictures. */
  draw() {
    this.drawn = true;
    const { say, citation } = this;
    const first = citation.page.index;
    const last = Math.max(first, ...citation.boxes.map((/** @type {any} */ box) => box.page_index));
    this.pictures = Array.from({ length: last - first + 1 }, (_, part) => {
      const { label } = citation.page;
      const name = say("pageName", { label: !part ? label : /^\d+$/.test(label) ? String(Number(label) + part) : `${label} + ${part}` });
      const picture = h("img", { alt: say("alt", { page: name, title: citation.document.title }), part: "picture", error: () => this.unseen(), load: () => this.showBox() });
      picture.dataset.part = String(part);
      return picture;
    });
    this.zoomButtons = ZOOMS.map((zoom) => button(`${zoom}\u00a0%`, () => this.zoom(zoom), { class: "zoom", "aria-pressed": "false" }));
    this.frame = h("div", { class: "frame", tabindex: "0", role: "region", "aria-label": say("page") }, ...this.pictures);
    this.pagePanel.replaceChildren(h("div", { class: "zooms", role: "group", "aria-label": say("zoom") }, ...this.zoomButtons), this.frame);
    this.zoom(100);
  }

  /** @param {number} zoom in percent of the frame's width */
  zoom(zoom) {
    this.zoomButtons?.forEach((button, n) => button.setAttribute("aria-pressed", String(ZOOMS[n] === zoom)));
    for (const picture of this.pictures || []) {
      picture.className = `zoom-${zoom}`;
      const width = WIDTHS_PX[/** @type {100} */ (zoom)] * (this.frame.clientWidth * devicePixelRatio > 1000 ? 1.5 : 1);
      picture.src = `${this.panel.host.endpoint}${this.citation.links.page_image}&part=${picture.dataset.part}&width=${Math.min(1920, width)}`;
    }
  }

  /** Bring the quote into view, unless the reader has left the tab and the zoom buttons meanwhile. */
  showBox() {
    const focused = /** @type {ShadowRoot} */ (this.element.getRootNode()).activeElement;
    if (!focused?.matches(".tab, .zoom")) return;
    const box = this.citation.boxes[0];
    const picture = this.pictures?.[0];
    if (!box || !picture) return;
    this.frame.scrollLeft = Math.max(0, box.x0 * picture.clientWidth - 16);
    this.scrollTo(picture.getBoundingClientRect().top + box.y0 * picture.clientHeight, this.frame);
  }

  unseen() {
    this.pagePanel.replaceChildren(h("p", { role: "status" }, this.say("noImage")));
  }
}

/** @param {any} doc @param {any} page @param {any} quote @returns {string} what opens the publisher's own document at the quote */
function fragment(doc, page, quote) {
  if (/\.pdf([?#]|$)/i.test(doc.url)) return page ? `#page=${page.index + 1}` : "";
  const words = quote.exact.split(/\s+/);
  const ends = [words.slice(0, 6).join(" "), ...(words.length > 12 ? [words.slice(-6).join(" ")] : [])];
  return `#:~:text=${ends.map((end) => encodeURIComponent(end).replaceAll("-", "%2D")).join(",")}`;
}

/** @param {string} url @returns {string | null} an address of the web, never of a script */
function safe(url) {
  return /^https?:$/.test(new URL(url, location.href).protocol) ? url : null;
}
