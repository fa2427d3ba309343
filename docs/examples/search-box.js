// Words go in; passages of POST /v1/search come out, each with its document, date, page, standing and link. No innerHTML.
const WORDS = {
  fr: {
    searching: "Recherche…",
    found: (n) => (n === 0 ? "Aucun passage." : n === 1 ? "1 passage, le plus proche." : `${n} passages, les plus proches d’abord.`),
    lost: "Le service ne répond pas. Réessayez dans quelques instants.",
    page: (label) => `p. ${label}`,
    publisher: "chez l’éditeur",
    standing: {
      superseded: "Ne vaut plus", announced: "Annoncé", draft: "Projet", historical: "Historique", unverified: "Non vérifié",
    },
  },
  en: {
    searching: "Searching…",
    found: (n) => (n === 0 ? "No passage." : n === 1 ? "1 passage, the nearest." : `${n} passages, the nearest first.`),
    lost: "The service does not answer. Try again in a moment.",
    page: (label) => `p. ${label}`,
    publisher: "at the publisher’s",
    standing: {
      superseded: "No longer holds", announced: "Announced", draft: "Draft", historical: "Historical", unverified: "Not verified",
    },
  },
};

/** An element with properties and children; text is always text, never markup. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter(Boolean));
  return element;
}

/** One passage. Addresses of documents may come from anywhere: only those of the web become links. */
function result(found, endpoint, say, lang) {
  const { document: source, page } = found;
  const date = source.published_on && new Date(source.published_on).toLocaleDateString(lang, { dateStyle: "long", timeZone: "UTC" });
  const about = [source.publisher, date, page && say.page(page.label)].filter(Boolean).join(", ");
  const standing = say.standing[source.status];
  const elsewhere = /^https?:\/\//.test(source.url ?? "");
  return make("li", {},
    make("h2", { lang: source.language }, make("a", { href: endpoint + found.links.view }, source.title)),
    make("p", {}, standing && make("span", { className: "standing" }, `${standing}. `), about,
      elsewhere && " — ", elsewhere && make("a", { href: source.url }, say.publisher)),
    make("blockquote", { lang: source.language }, found.text));
}

/** Make a `.search-box` work; without this script its form leads to the service's own page. */
function start(box) {
  const { endpoint, limit } = box.dataset;
  const [form, field, status, list] = ["form", "input", "[role=status]", "ol"].map((one) => box.querySelector(one));
  const lang = box.closest("[lang]")?.lang.startsWith("en") ? "en" : "fr";
  const say = WORDS[lang];
  let current;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    current?.abort();
    const asking = (current = new AbortController());
    status.textContent = say.searching;
    try {
      const response = await fetch(`${endpoint}/v1/search`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": lang },
        body: JSON.stringify({ query: field.value, limit: Number(limit) || 10 }),
        signal: asking.signal,
      });
      const body = await response.json();
      const found = response.ok ? body.data : [];
      list.replaceChildren(...found.map((one) => result(one, endpoint, say, lang)));
      status.textContent = response.ok ? [say.found(found.length), ...body.notices.map((one) => one.text)].join(" ") : body.detail;
    } catch (fault) {
      if (fault.name === "AbortError") return; // a newer search is under way
      list.replaceChildren();
      status.textContent = say.lost;
    }
  });
}

document.querySelectorAll(".search-box").forEach(start);
