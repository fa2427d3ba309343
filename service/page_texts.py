"""The words of the HTML pages, in French and English."""

from __future__ import annotations

from collections.abc import Mapping

from corpus.document import Kind, Status
from service.texts import Wording

STATUS_LABELS: Mapping[Status, Wording] = {
    Status.IN_FORCE: Wording("En vigueur", "In force"),
    Status.SUPERSEDED: Wording("Dépassé", "Superseded"),
    Status.ANNOUNCED: Wording("Annoncé", "Announced"),
    Status.DRAFT: Wording("Projet", "Draft"),
    Status.HISTORICAL: Wording("Historique", "Historical"),
    Status.UNVERIFIED: Wording("Non vérifié", "Unverified"),
}
KIND_LABELS: Mapping[Kind, Wording] = {
    Kind.LAW: Wording("Loi ou règlement", "Law"),
    Kind.OFFICIAL: Wording("Document officiel", "Official document"),
    Kind.GUIDANCE: Wording("Guide ou recommandation", "Guidance"),
    Kind.REPORT: Wording("Rapport", "Report"),
    Kind.PRESS: Wording("Presse", "Press"),
    Kind.BRIEFING: Wording("Note de synthèse", "Briefing"),
}
PAGE_TEXTS: Mapping[str, Wording] = {
    "site": Wording("Sourcier", "Sourcier"),
    "tagline": Wording("Les textes publics, à la lettre", "Public documents, to the letter"),
    "skip": Wording("Aller au contenu", "Skip to content"),
    "nav": Wording("Navigation principale", "Main navigation"),
    "nav_home": Wording("Accueil", "Home"),
    "nav_ask": Wording("Poser une question", "Ask a question"),
    "nav_documents": Wording("Documents", "Documents"),
    "nav_docs": Wording("API", "API"),
    "other_language": Wording("English", "Français"),
    "home_title": Wording(
        "Que disent les textes sur l'intelligence artificielle en santé ?",
        "What do the texts say about artificial intelligence in health?",
    ),
    "home_lead": Wording(
        "Posez votre question en langage courant. La réponse est faite d'extraits exacts des documents,"
        " chacun avec sa source, sa date et sa page.",
        "Ask in plain language. The answer is made of exact extracts from the documents, each with its source, its date"
        " and its page.",
    ),
    "promises": Wording("Ce que vous pouvez en attendre", "What you can expect"),
    "promise_quote": Wording("Mot pour mot", "Word for word"),
    "promise_quote_text": Wording(
        "Chaque citation est recopiée telle quelle. Un lien ouvre la page du document, le passage surligné.",
        "Every quote is copied as it stands. A link opens the page of the document with the passage highlighted.",
    ),
    "promise_date": Wording("À la bonne date", "On the right date"),
    "promise_date_text": Wording(
        "Ce qui est seulement annoncé, en projet ou dépassé est signalé comme tel.",
        "What is only announced, a draft or superseded says so.",
    ),
    "promise_silence": Wording("Sans inventer", "Nothing made up"),
    "promise_silence_text": Wording(
        "Quand les documents ne répondent pas, le service le dit et montre les passages les plus proches.",
        "When the documents do not answer, the service says so and shows the nearest passages.",
    ),
    "corpus_title": Wording("Les documents couverts", "The documents covered"),
    "corpus_line": Wording(
        "{documents} documents, {passages} passages. Corpus à jour au {date}.",
        "{documents} documents, {passages} passages. Corpus as of {date}.",
    ),
    "corpus_browse": Wording("Parcourir les documents", "Browse the documents"),
    "embed_title": Wording("Sur votre site", "On your own site"),
    "embed_text": Wording(
        "Deux lignes suffisent. Rien n'est chargé d'un tiers, rien n'est enregistré.",
        "Two lines are enough. Nothing is loaded from a third party, nothing is stored.",
    ),
    "embed_demo": Wording("Le voir sur un site", "See it on a site"),
    "demo_title": Wording("Association des usagers du numérique en santé", "Association of digital health users"),
    "demo_notice": Wording(
        "Site fictif, pour montrer l'assistant à sa place : ouvrez-le en bas à droite.",
        "A made-up site, to show the assistant in its place: open it at the bottom right.",
    ),
    "demo_home": Wording("Accueil", "Home"),
    "demo_rights": Wording("Vos droits", "Your rights"),
    "demo_news": Wording("Actualités", "News"),
    "demo_join": Wording("Adhérer", "Join"),
    "demo_lead": Wording(
        "Comprendre ce que l'intelligence artificielle change à l'hôpital, et ce que les textes garantissent.",
        "Understand what artificial intelligence changes in hospitals, and what the texts guarantee.",
    ),
    "demo_card_1": Wording("Être informé", "Being informed"),
    "demo_card_1_text": Wording(
        "Quand un algorithme aide au diagnostic, la personne soignée doit le savoir. Que dit la loi, et depuis quand ?",
        "When an algorithm helps a diagnosis, the patient must know. What does the law say, and since when?",
    ),
    "demo_card_2": Wording("Savoir où vont les données", "Knowing where data go"),
    "demo_card_2_text": Wording(
        "Hébergement, plateformes, recherche : les règles changent souvent. Demandez-les, avec leur date.",
        "Hosting, platforms, research: rules change often. Ask for them, with their date.",
    ),
    "demo_card_3": Wording("Suivre les annonces", "Following announcements"),
    "demo_card_3_text": Wording(
        "Entre ce qui est annoncé et ce qui est fait, il y a parfois des années. L'assistant distingue les deux.",
        "Years may pass between what is announced and what is done. The assistant tells them apart.",
    ),
    "demo_end": Wording(
        "L'association n'existe pas. L'assistant, lui, répond vraiment, à partir des documents de ce service.",
        "The association does not exist. The assistant does answer, from the documents of this service.",
    ),
    "group_by": Wording("Classer par", "Group by"),
    "by_publisher": Wording("éditeur", "publisher"),
    "by_status": Wording("statut", "standing"),
    "by_date": Wording("date", "date"),
    "undated": Wording("Sans date", "Undated"),
    "passages_title": Wording("Passages", "Passages"),
    "passages_lead": Wording(
        "Le document tel que la recherche le voit : {n} passages, chacun d'un seul tenant sur sa page.",
        "The document as the search sees it: {n} passages, each in one piece on its page.",
    ),
    "show_passages": Wording("Voir les passages", "Show the passages"),
    "show_text": Wording("Voir le texte", "Show the text"),
    "show_page": Wording("Voir la page, l'extrait surligné", "See the page, with the quote highlighted"),
    "page_picture": Wording(
        "Page {label} de « {title} » ; son texte est ci-dessous.", "Page {label} of “{title}”; its text is below."
    ),
    "page_as_printed": Wording("La page telle qu'imprimée", "The page as printed"),
    "until_status": Wording("{status}, valable jusqu'au {date}", "{status}, valid until {date}"),
    "from_status": Wording("{status}, à compter du {date}", "{status}, from {date}"),
    "made_by": Wording(
        "Réponse produite par un système d'intelligence artificielle le {date}, index {bundle}.",
        "Answer produced by an artificial intelligence system on {date}, index {bundle}.",
    ),
    "rephrase": Wording(
        "Reformulez avec les mots des textes, ou posez une question plus précise.",
        "Try the words that the texts use, or a more specific question.",
    ),
    "footer_notice": Wording(
        "Ce service n'est pas une publication officielle de l'État et ne donne pas d'avis médical.",
        "This service is not an official publication of the State and gives no medical advice.",
    ),
    "footer_index": Wording("Index {bundle}, construit le {date}", "Index {bundle}, built on {date}"),
    "ai_notice": Wording(
        "Vous échangez avec un système d'intelligence artificielle. Il cite des documents publics et peut se tromper :"
        " vérifiez les passages cités.",
        "You are talking to an AI system. It quotes public documents and can be wrong: check the quoted passages.",
    ),
    "ask_title": Wording("Poser une question", "Ask a question"),
    "label": Wording("Votre question", "Your question"),
    "hint": Wording(
        "{max} caractères au plus. N'indiquez aucune donnée personnelle ou de santé.",
        "{max} characters at most. Do not enter personal or health data.",
    ),
    "send": Wording("Envoyer", "Send"),
    "suggestions": Wording("Par exemple", "For example"),
    "asked": Wording("Votre question", "Your question"),
    "answer": Wording("Réponse", "Answer"),
    "sent_to": Wording(
        "Les questions et des passages des documents sont transmis à {host}, qui rédige les réponses.",
        "Questions and passages of the documents are sent to {host}, which writes the answers.",
    ),
    "generative": Wording(
        "Texte rédigé par une IA à partir des extraits cités.", "Text written by an AI from the quoted extracts."
    ),
    "extractive": Wording(
        "Réponse composée d'extraits exacts des documents.", "Answer made of exact extracts from the documents."
    ),
    "partial": Wording("Réponse partielle.", "Partial answer."),
    "sources": Wording("Sources", "Sources"),
    "near": Wording("Passages proches, sans réponse directe", "Related passages, no direct answer"),
    "choices": Wording("Précisez votre question", "Narrow your question"),
    "error_title": Wording("Erreur", "Error"),
    "source_name": Wording("Source {n} : {title}", "Source {n}: {title}"),
    "page_n": Wording("page {label}", "page {label}"),
    "published_on": Wording("publié le {date}", "published on {date}"),
    "view_page": Wording("Lire le passage dans la page", "Read the passage in its page"),
    "open_document": Wording("Ouvrir le document", "Open the document"),
    "documents_title": Wording("Documents couverts", "Documents covered"),
    "document_count": Wording("{n} documents", "{n} documents"),
    "page_of": Wording("Page {label} ({n} sur {total})", "Page {label} ({n} of {total})"),
    "whole_text": Wording("Texte du document", "Text of the document"),
    "previous_page": Wording("Page précédente", "Previous page"),
    "next_page": Wording("Page suivante", "Next page"),
    "pages_nav": Wording("Pages du document", "Pages of the document"),
    "text_notice": Wording(
        "Texte tiré du document pour la recherche et la citation ; seul l'original fait foi.",
        "Text taken from the document for search and quotation; only the original is authoritative.",
    ),
    "download": Wording("Fichier d'origine", "Original file"),
    "publisher_page": Wording("Page de l'éditeur", "Publisher's page"),
    "superseded_by": Wording("Remplacé par", "Replaced by"),
    "supersedes": Wording("Remplace", "Replaces"),
    "licence": Wording("Licence", "Licence"),
    "publisher": Wording("Éditeur", "Publisher"),
    "date": Wording("Date", "Date"),
    "kind": Wording("Nature", "Kind"),
    "status": Wording("Statut", "Status"),
    "valid_to": Wording("jusqu'au {date}", "until {date}"),
    "valid_from": Wording("à compter du {date}", "from {date}"),
    "request_ref": Wording("Référence : {id}", "Reference: {id}"),
    "back_home": Wording("Revenir à l'accueil", "Back to the home page"),
    "docs_title": Wording("Description de l'API", "Description of the API"),
    "docs_lead": Wording(
        "Toutes les adresses de l'API, avec leurs formats. Le même contenu, lisible par un programme : /openapi.json.",
        "Every address of the API, with its formats. The same, for programs: /openapi.json.",
    ),
}
