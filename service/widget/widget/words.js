// @ts-check
// The widget's own words, in French and English, set in their typography. Quotes and titles never pass through here.

/** @type {Record<string, [string, string]>} French, English; {name} stands for a value */
const WORDS = {
  launcher: ["Poser une question", "Ask a question"],
  title: ["Assistant documentaire", "Document assistant"],
  notice: [
    "Vous échangez avec un système d'intelligence artificielle. Il cite des documents publics et peut se tromper : vérifiez les passages cités.",
    "You are talking to an AI system. It quotes public documents and can be wrong: check the quoted passages.",
  ],
  sentTo: [
    "Les questions et des passages des documents sont transmis à {host}, qui rédige les réponses.",
    "Questions and passages of the documents are sent to {host}, which writes the answers.",
  ],
  scope: ["{n} documents publics, corpus à jour au {date}.", "{n} public documents, corpus as of {date}."],
  documents: ["Documents couverts", "Documents covered"],
  label: ["Votre question", "Your question"],
  hint: [
    "{max} caractères au plus. N'indiquez aucune donnée personnelle ou de santé.",
    "{max} characters at most. Do not enter personal or health data.",
  ],
  counter: ["{left} caractères restants", "{left} characters left"],
  over: ["{over} caractères de trop", "{over} characters too many"],
  send: ["Envoyer", "Send"],
  stop: ["Arrêter", "Stop"],
  close: ["Fermer", "Close"],
  clear: ["Effacer la conversation", "Clear conversation"],
  cleared: ["Conversation effacée.", "Conversation cleared."],
  sure: ["Tout effacer ?", "Clear everything?"],
  clearYes: ["Effacer", "Clear"],
  clearNo: ["Garder", "Keep"],
  settings: ["Réglages", "Settings"],
  suggestions: ["Par exemple", "For example"],
  log: ["Questions et réponses", "Questions and answers"],
  newer: ["Nouvelle réponse ↓", "New answer ↓"],
  you: ["Vous", "You"],
  assistant: ["Assistant", "Assistant"],
  searching: ["Recherche des passages…", "Looking for passages…"],
  found: ["Passages trouvés dans :", "Passages found in:"],
  done: ["Réponse complète, {n} source.", "Answer complete, {n} source."],
  doneMany: ["Réponse complète, {n} sources.", "Answer complete, {n} sources."],
  donePartial: ["Réponse partielle.", "Partial answer."],
  partial: [
    "Réponse partielle : les documents ne traitent peut-être pas toute la question.",
    "Partial answer: the documents may not cover the whole question.",
  ],
  extractive: ["Réponse composée d'extraits exacts des documents.", "Answer made of exact extracts from the documents."],
  generative: ["Texte rédigé par une IA à partir des extraits cités.", "Text written by an AI from the quoted extracts."],
  unsourced: ["Phrase de liaison, sans source", "Connective text, without a source"],
  sources: ["Sources", "Sources"],
  near: ["Passages proches, sans réponse directe", "Related passages, no direct answer"],
  rephrase: [
    "Reformulez avec les mots des textes, ou posez une question plus précise.",
    "Try the words that the texts use, or a more specific question.",
  ],
  choices: ["Précisez votre question", "Narrow your question"],
  source: ["Source {n} : {title}", "Source {n}: {title}"],
  page: ["page {label}", "page {label}"],
  view: ["Voir dans le document", "View in the document"],
  newWindow: ["(nouvelle fenêtre)", "(new window)"],
  in_force: ["En vigueur", "In force"],
  superseded: ["Dépassé", "Superseded"],
  announced: ["Annoncé", "Announced"],
  draft: ["Projet", "Draft"],
  historical: ["Historique", "Historical"],
  unverified: ["Non vérifié", "Unverified"],
  until: ["{status}, valable jusqu'au {date}", "{status}, valid until {date}"],
  from: ["{status}, à compter du {date}", "{status}, from {date}"],
  index: ["Index du {date}", "Index of {date}"],
  changed: [
    "Le corpus a été mis à jour le {date} ; les réponses précédentes portent sur la version antérieure.",
    "The corpus was updated on {date}; the answers above it stand on the earlier version.",
  ],
  empty: ["Écrivez une question.", "Write a question."],
  busy: ["Une réponse est en cours. Attendez-la ou arrêtez-la.", "An answer is on its way. Wait for it or stop it."],
  stopped: ["Recherche arrêtée.", "Search stopped."],
  cut: ["Réponse interrompue.", "The answer was interrupted."],
  again: ["Reprendre", "Ask again"],
  retry: ["Réessayer", "Try again"],
  rate: ["Trop de questions. Réessayez dans {s} s.", "Too many questions. Try again in {s} s."],
  rateOver: ["Vous pouvez de nouveau poser une question.", "You can ask a question again."],
  offline: ["Hors connexion. Votre question est conservée.", "Offline. Your question is kept."],
  error: [
    "Le service ne répond pas. Votre question est conservée, réessayez. (réf. {ref})",
    "The service does not answer. Your question is kept, try again. (ref. {ref})",
  ],
  privacy: ["Données et confidentialité", "Data and privacy"],
  contact: ["Contact", "Contact"],
  copy: ["Copier avec les citations", "Copy with citations"],
  copyQuote: ["Copier la citation", "Copy the quote"],
  markdown: ["Exporter en Markdown", "Export as Markdown"],
  json: ["Exporter en JSON", "Export as JSON"],
  print: ["Imprimer", "Print"],
  actions: ["Garder cette réponse", "Keep this answer"],
  report: ["Signaler une erreur dans cette citation", "Report an error in this quote"],
};

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */

/**
 * @param {"fr" | "en"} lang
 * @param {Record<string, [string, string]>} [words] those of a part that is loaded later
 * @returns {Say} the wording of a key, with its values put in: numbers as the language writes them, texts as they are
 */
export function wordsIn(lang, words = WORDS) {
  const figures = new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB");
  return (key, values = {}) => {
    const text = lang === "fr" ? french(words[key][0]) : words[key][1];
    return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? figures.format(Number(values[name])) : String(values[name])));
  };
}

/** @param {string} text @returns {string} with typographic apostrophes and no-break spaces */
function french(text) {
  return text.replace(/'/g, "\u2019").replace(/ (?=[;!?»])/g, "\u202f").replace(/« /g, "«\u202f").replace(/ (?=:)/g, "\u00a0");
}

/** @param {string | null | undefined} iso @param {"fr" | "en"} lang @returns {string} a date in words; "" where there is none */
export function dateIn(iso, lang) {
  if (!iso) return "";
  const day = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  if (Number.isNaN(day.valueOf())) return "";
  const words = new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long", timeZone: "UTC" }).format(day);
  return lang === "fr" ? words.replace(/^1 /, "1er ").replace(/ /g, "\u00a0") : words.replace(" ", "\u00a0");
}
