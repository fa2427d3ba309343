// @ts-check
// The custom element: attributes and methods go in; a launcher, and once opened a panel, come out.
import { h, sheet } from "./dom.js";
import { wordsIn } from "./words.js";

// Here !important is what shields the element: of two such rules, the shadow tree's wins over the page's.
const LAUNCHER_STYLE = `
:host { all: initial !important; display: block !important; color-scheme: light dark !important; }
:host([hidden]) { display: none !important; }
:host([theme="light"]) { color-scheme: light !important; }
:host([theme="dark"]) { color-scheme: dark !important; }
:host(:not([mode="inline"])) { position: fixed !important; inset-block-end: 1em !important; inset-inline-end: 1em !important; z-index: 2147483000 !important; }
.launcher { font: 600 medium/1.25 var(--assistant-font, system-ui, sans-serif); min-height: 2.75em; padding: 0.625em 1.25em;
  color: var(--assistant-accent-text, light-dark(#fff, #0e1514)); background: var(--assistant-accent, light-dark(#14504f, #8fd0c4));
  border: 1px solid transparent; border-radius: 2em; cursor: pointer; box-shadow: 0 4px 16px rgb(0 0 0 / 22%); }
.launcher:hover { filter: brightness(1.12); }
.launcher:focus-visible { outline: 3px solid Highlight; outline-offset: 3px; }
[hidden] { display: none !important; }
@media print { .launcher { display: none !important; } }
`;

/** @type {Record<string, string[]>} attributes that take one of a few words, their default first; a region may follow a language */
const KNOWN = {
  mode: ["launcher", "inline"], theme: ["auto", "light", "dark"], lang: ["fr", "en"], suggestions: ["on", "off"],
  history: ["none", "session"], announce: ["auto", "sentence", "end", "off"],
};
const PLAIN = [...Object.keys(KNOWN), "accent", "heading", "contact-url", "privacy-url"];

/** One assistant. Nothing but this script is requested, and nothing is stored, before the visitor opens it. */
export class PolicyAssistant extends HTMLElement {
  static observedAttributes = ["open", "accent", ...Object.keys(KNOWN)];

  constructor() {
    super();
    /** @type {import("./panel.js").Panel | null} */
    this.panel = null;
    /** @type {Promise<import("./panel.js").Panel> | null} */
    this.loading = null;
    this.accentSheet = sheet("");
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet(LAUNCHER_STYLE), this.accentSheet];
  }

  connectedCallback() {
    if (this.shadowRoot?.childElementCount) return;
    this.launcher = h("button", {
      type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false",
      hidden: this.inline, click: () => this.open(),
    }, wordsIn(this.language)("launcher"));
    this.shadowRoot?.append(this.launcher);
    if (this.inline || this.hasAttribute("open")) this.open({ focus: false });
  }

  /** Taken out of the page: nothing goes on. */
  disconnectedCallback() {
    this.stop();
  }

  /** @param {string} name @param {string | null} _before @param {string | null} value */
  attributeChangedCallback(name, _before, value) {
    if (name === "accent") {
      const colour = value && CSS.supports("color", value) ? value : "";
      this.accentSheet.replaceSync(colour ? `:host { --assistant-accent: ${colour}; }` : "");
      if (value && !colour) this.readOver(name, value, "a colour");
    } else if (KNOWN[name]) {
      const word = name === "lang" ? value?.slice(0, 2).toLowerCase() : value;
      if (value && word && !KNOWN[name].includes(word)) this.readOver(name, value, KNOWN[name].join(", "));
    } else if (this.launcher && !this.inline) {
      if (value === null) this.panel?.hide();
      else if (!this.panel?.shown) this.open();
    }
  }

  /** @param {string} name @param {string} value which the default stands in for @param {string} wanted */
  readOver(name, value, wanted) {
    console.warn(`policy-assistant: ${name}="${value}" is read over, wanted: ${wanted}`);
  }

  /** @returns {"fr" | "en"} */
  get language() {
    const lang = (this.getAttribute("lang") || document.documentElement.lang || "fr").slice(0, 2).toLowerCase();
    return lang === "en" ? "en" : "fr";
  }

  get inline() {
    return this.getAttribute("mode") === "inline";
  }

  /** The service's address or its path on this site, without a slash at its end; "" is the root of the page's own site. */
  get endpoint() {
    const endpoint = (this.getAttribute("endpoint") || "").replace(/\/+$/, "");
    return /^(https?:\/)?\//.test(endpoint) ? endpoint : "";
  }

  set endpoint(value) {
    this.setAttribute("endpoint", value);
  }

  /** @param {{focus?: boolean}} [options] */
  async open({ focus = true } = {}) {
    const panel = await this.load();
    panel.show(focus);
  }

  close() {
    this.panel?.hide();
  }

  /** @param {string} text asked as if the visitor had typed it */
  async ask(text) {
    const panel = await this.load();
    panel.show(true);
    await panel.ask(text);
  }

  stop() {
    this.panel?.conversation.stop();
  }

  clear() {
    this.panel?.clear();
  }

  /** @param {string} name @param {object} detail ids and counts @returns {boolean} whether nobody objected */
  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(`assistant:${name}`, { detail, bubbles: true, composed: true, cancelable: name === "question" }));
  }

  /** @param {object} texts of the conversation @returns {object} the same where the site asked for them, else nothing */
  exposed(texts) {
    return this.hasAttribute("expose-text") ? texts : {};
  }

  /** @param {string} attribute @returns {string | null} its address, if it is one of the web or of mail */
  linkTo(attribute) {
    const url = this.getAttribute(attribute);
    return url && /^(https?:|mailto:)/.test(new URL(url, document.baseURI).protocol) ? url : null;
  }

  /** Questions that the page proposes: the texts of `data-question` elements inside this one. */
  get proposed() {
    if (this.getAttribute("suggestions") === "off") return [];
    return [...this.querySelectorAll("[data-question]")].map((element) => (element.textContent || "").trim()).filter(Boolean);
  }

  /** @returns {Promise<import("./panel.js").Panel>} the panel, fetched once */
  load() {
    this.loading ??= import("./panel.js").then(({ Panel }) => {
      this.panel = new Panel(this);
      this.tell("ready", {});
      return this.panel;
    }).catch((fault) => {
      this.loading = null;
      this.tell("error", { code: "offline" });
      throw fault;
    });
    return this.loading;
  }
}

// Each attribute that holds a text is a property too, its name in camel case: frameworks set properties.
for (const name of PLAIN) {
  Object.defineProperty(PolicyAssistant.prototype, name.replace(/-(.)/, (_, letter) => letter.toUpperCase()), {
    get() {
      return this.getAttribute(name);
    },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  });
}
