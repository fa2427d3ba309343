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
  scope: ["{n} documents, corpus à jour au {date}.", "{n} documents, corpus as of {date}."],
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
  suggestions: ["Par exemple", "For example"],
  log: ["Questions et réponses", "Questions and answers"],
  you: ["Vous", "You"],
  assistant: ["Assistant", "Assistant"],
  searching: ["Recherche des passages…", "Looking for passages…"],
  done: ["Réponse complète, {n} source.", "Answer complete, {n} source."],
  doneMany: ["Réponse complète, {n} sources.", "Answer complete, {n} sources."],
  partial: ["Réponse partielle.", "Partial answer."],
  extractive: ["Réponse composée d'extraits exacts des documents.", "Answer made of exact extracts from the documents."],
  sources: ["Sources", "Sources"],
  near: ["Passages proches, sans réponse directe", "Related passages, no direct answer"],
  choices: ["Précisez votre question", "Narrow your question"],
  source: ["Source {n} : {title}", "Source {n}: {title}"],
  page: ["page {label}", "page {label}"],
  view: ["Lire le passage dans la page", "Read the passage in its page"],
  newWindow: ["(nouvelle fenêtre)", "(new window)"],
  in_force: ["En vigueur", "In force"],
  superseded: ["Dépassé", "Superseded"],
  announced: ["Annoncé", "Announced"],
  draft: ["Projet", "Draft"],
  historical: ["Historique", "Historical"],
  unverified: ["Non vérifié", "Unverified"],
  empty: ["Écrivez une question.", "Write a question."],
  busy: ["Une réponse est en cours. Attendez-la ou arrêtez-la.", "An answer is on its way. Wait for it or stop it."],
  stopped: ["Recherche arrêtée.", "Search stopped."],
  rate: ["Trop de questions. Réessayez dans {s} s.", "Too many questions. Try again in {s} s."],
  offline: ["Hors connexion. Votre question est conservée.", "Offline. Your question is kept."],
  error: ["Le service ne répond pas. Votre question est conservée, réessayez. (réf. {ref})", "The service does not answer. Your question is kept, try again. (ref. {ref})"],
  privacy: ["Données et confidentialité", "Data and privacy"],
  contact: ["Contact", "Contact"],
};

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */

/**
 * @param {"fr" | "en"} lang
 * @returns {Say} the wording of a key, with its values put in as they are
 */
export function wordsIn(lang) {
  return (key, values = {}) => {
    const text = lang === "fr" ? french(WORDS[key][0]) : WORDS[key][1];
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}

/** @param {string} text @returns {string} with typographic apostrophes and no-break spaces */
function french(text) {
  return text.replace(/'/g, "\u2019").replace(/ (?=[;!?»])/g, "\u202f").replace(/« /g, "«\u202f").replace(/ (?=:)/g, "\u00a0");
}

/** @param {string | null} iso @param {"fr" | "en"} lang @returns {string} a date in words; "" where there is none */
export function dateIn(iso, lang) {
  if (!iso) return "";
  const day = new Date(`${iso.slice(0, 10)}T12:00:00Z`);
  return new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long", timeZone: "UTC" }).format(day);
}
