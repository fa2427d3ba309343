"""What is said when no statement is made, and what stands beside an answer, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from service.scope import Scope
from service.texts import Wording

NO_SOURCE = Wording(
    "Aucun passage des documents couverts ne répond à cette question.",
    "No passage in the covered documents answers this question.",
)
WITHHELD = Wording(
    "Une réponse a été trouvée, mais aucune de ses citations n'a pu être vérifiée : elle n'est pas montrée.",
    "An answer was found, but none of its quotes could be verified, so it is not shown.",
)
OUTSIDE: Mapping[Scope, Wording] = {
    Scope.DISTRESS: Wording(
        "Vous n'êtes pas seul. Appelez le 3114, numéro national de prévention du suicide, gratuit, 24 h sur 24 ; "
        "en cas de danger immédiat, appelez le 15 ou le 112.",
        "You are not alone. In France call 3114, the national suicide prevention line, free, day and night; "
        "in immediate danger call 15 or 112.",
    ),
    Scope.EMERGENCY: Wording(
        "Cela peut être une urgence : appelez tout de suite le 15 (Samu) ou le 112. "
        "Cet outil décrit des politiques publiques et ne donne pas d'avis médical.",
        "This may be an emergency: call 15 (Samu) or 112 now. This tool describes public policy and gives no medical advice.",
    ),
    Scope.MEDICAL: Wording(
        "Cet outil décrit des politiques publiques. Il ne donne pas d'avis médical. Pour votre santé, adressez-vous à un "
        "médecin ou à un autre professionnel ; en cas d'urgence, appelez le 15 ou le 112.",
        "This tool describes public policy. It gives no medical advice. For your health see a doctor or another "
        "professional; in an emergency call 15 or 112.",
    ),
    Scope.OTHER_TASK: Wording(
        "Cette demande sort du sujet de cet outil, qui répond à des questions sur les documents couverts, avec leurs passages.",
        "This request is outside the subject of this tool, which answers questions on the covered documents with their passages.",
    ),
    Scope.GREETING: Wording(
        "Bonjour. Posez une question sur les documents couverts : la réponse citera les passages exacts.",
        "Hello. Ask a question on the covered documents: the answer will quote the exact passages.",
    ),
}
OFF_TOPIC = Wording(
    "Cette question porte sur un autre sujet que les documents couverts.",
    "This question is about another subject than the covered documents.",
)
DECLINED = Wording(
    "Cet outil ne suit pas d'instructions : il répond à des questions sur les documents couverts, à partir de leurs passages.",
    "This tool follows no instructions: it answers questions on the covered documents from their passages.",
)
QUOTES_IN_FRENCH = Wording(
    "Les passages cités sont en français, langue des documents.",
    "The quoted passages are in French, the language of the documents.",
)
QUOTES_IN_ENGLISH = Wording(
    "Certains passages cités sont en anglais, langue du document.",
    "Some quoted passages are in English, the language of the document.",
)
SUPERSEDED = Wording(
    "Ce qui est cité ne vaut plus à la date demandée : {quote}",
    "What is quoted no longer holds on the asked date: {quote}",
)
ANNOUNCED = Wording(
    "Une partie de la réponse est annoncée : sa réalisation n'est pas attestée par les documents.",
    "Part of the answer was announced: the documents do not attest that it was done.",
)
UNVERIFIED = Wording(
    "Une partie de la réponse n'a pas pu être vérifiée : c'est le dernier état connu.",
    "Part of the answer could not be verified: it is the last known state.",
)
ORDER_IGNORED = Wording(
    "L'instruction contenue dans la question a été ignorée.",
    "The instruction in the question was ignored.",
)
GENERATIVE_OFF = Wording(
    "Le mode rédigé n'est pas activé sur ce service : la réponse est faite d'extraits exacts.",
    "Written answers are not enabled on this service: the answer is made of exact extracts.",
)
LATER_SOURCE = Wording(
    "Le document cité a été publié après le {date} : il peut contenir ce qui n'était pas connu à cette date.",
    "The quoted document was published after {date}: it may hold what was not known on that date.",
)
GENERATOR_UNAVAILABLE = Wording(
    "La rédaction par une IA est indisponible pour le moment : la réponse est faite d'extraits exacts.",
    "Writing by an AI is unavailable at the moment: the answer is made of exact extracts.",
)
GENERATOR_CUT = Wording(
    "La rédaction par une IA s'est interrompue : la suite de la réponse est faite d'extraits exacts.",
    "Writing by an AI was interrupted: the rest of the answer is made of exact extracts.",
)
NOTHING_WRITTEN = Wording(
    "L'IA n'a rien rédigé à partir des passages trouvés : la réponse est faite d'extraits exacts.",
    "The AI wrote nothing from the passages found: the answer is made of exact extracts.",
)
WRITTEN_WITHHELD = Wording(
    "Le texte rédigé par une IA n'a pas passé la vérification des citations : il n'est pas montré. "
    "Voici les extraits exacts des documents.",
    "The text written by an AI did not pass the check of its quotes, so it is not shown. Here are the exact extracts.",
)
STATEMENTS_DROPPED = Wording(
    "Une partie du texte rédigé par une IA n'a pas passé la vérification des citations : "
    "elle a été retirée ou remplacée par un extrait exact.",
    "Part of the text written by an AI did not pass the check of its quotes: it was left out or replaced by an exact extract.",
)
SENT_TO_MODEL = Wording(
    "Pour rédiger cette réponse, la question et des passages des documents ont été transmis à {host}.",
    "To write this answer, the question and passages of the documents were sent to {host}.",
)
