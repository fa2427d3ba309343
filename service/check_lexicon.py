"""Words in, what a check may take them for out: the same thing said otherwise, a word that says little, or one who acts.

Kept by hand and kept small: a pair stands here only where one word may replace the other in any sentence of policy
without making it say more. "Hôpital" and "établissement" do not, "débuter" and "commencer" do. All forms are folded.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from service.answer import Language
from service.check_text import stem_of

GENERAL_FILE = Path(__file__).with_name("general_words.toml")
SAME_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(other for other in group if other != name)
    for group in (
        ("ria", "ai act", "reglement europeen sur l'ia", "reglement sur l'ia", "reglement ia", "2024/1689"),
        ("rgpd", "gdpr"), ("oms", "who"), ("eeds", "ehds"), ("ue", "eu"), ("ia", "ai"), ("aipd", "dpia"),
        ("hdh", "pds", "health data hub", "plateforme des donnees de sante"), ("eee", "eea"),
        ("cnam", "assurance maladie", "caisse nationale de l'assurance maladie"),
        ("mdr", "rdm", "2017/745"), ("ivdr", "rdiv", "2017/746"), ("dm", "md"), ("pme", "sme"),
        ("anap", "agence nationale de la performance sanitaire et medico-sociale"),
        ("catel", "le catel"), ("lfss", "loi de financement de la securite sociale"), ("avec", "a.v.e.c"),
    )
    for name in group
}  # fmt: skip
NAME_PAIRS: dict[str, tuple[str, ...]] = {
    name: tuple(other.split("_"))
    for pair in (
        "france=francais_francaise_francaises", "french=francais_francaise_francaises_france", "europe=europeen_europeenne",
        "european=europeen_europeenne_europe_ue", "union=union_ue", "parliament=parlement", "council=conseil",
        "senate=senat", "member=membre_membres_etats", "states=etats", "state=etat_etats", "public=publique", "code=code",
        "health=sante", "data=donnees", "space=espace", "regulation=reglement", "directive=directive", "article=article",
        "annex=annexe", "authority=autorite", "national=nationale_national", "commission=commission", "act=act_reglement",
        "agency=agence", "ministry=ministere", "minister=ministre", "digital=numerique", "official=officiel",
        "journal=journal", "summit=sommet", "court=cour", "roadmap=feuille de route", "conseil=council",
        "parlement=parliament", "senat=senate", "journaux=journal", "world=mondiale", "organization=organisation",
        "order=ordre", "insurance=assurance", "bank=banque",
    )
    for name, other in [pair.split("=")]
}  # fmt: skip

_SAME = """
choix choisir choisi choose choice chosen|cloture clore clos close|soutien soutenir soutenu|maintien maintenir
gestion gerer
retrait retirer|recueil recueillir|reponse repondre|attente attendre attendu|acces acceder|echec echouer|suivi suivre
vue viser visee|lecture lire|saisie saisir|connaissance connaitre connu|confiance fiable|sante sanitaire
europeen europe|france francais|numerique digital|citoyen usager|personne individu|tierce tiers|site page
lancement lancer ouverture ouvrir creation|prise prendre|passage passer transition bascule|reunion reunir rencontre
calendrier date echeance delai|cycle vague phase edition|maximal plafond plafonner limite|minimal plancher
fonder base legal fondement
fabricant fabriquer producteur produire|exploitant exploiter|deploiement deployer deployeur
inciter pousser encourager|atteinte atteindre|hebergeur heberger hebergement|fourniture fournir
participation participer part partenaire|contribution contribuer apport|proposition propose suggestion|mise mettre
difference differer distinguer different divergence diverger|augmentation progression|pourcentage taux part proportion
certifier certification certificat|qualifier qualification|autorisation autoriser agrement
essai tester test experimenter
dossier candidature demande|utilisateur utiliser usager|modifier changer transformer|coordonner coordination|equivaloir signifier vouloir
automatise automatique seul|necessite necessaire requerir
bac sable sandbox sandboxes|ordinaire commun usuel ordinary standard usual|literacy maitrise
posterieur ulterieur tardif later|tier tiers tierce third|notice instructions manual
tenir respecter honorer keep meet|agrement approval|veiller ensure see|envisager consider
doctrine doctrine|feuille roadmap|volet part chapter strand|lignes guidelines guidance|opposable enforceable binding|appel call tender
assess evaluate evaluation assessment|train training|apply application applicable|launch start open
staff personnel employee
care healthcare|agency authority body|rule regulation law|steer lead run manage|together joint jointly|worldwide global
commencer debuter demarrer entamer ouvrir lancer depart debut
terminer finir clore clos close clôturer achever fin fermer termine
creer instituer instaurer etablir mise_en_place
publier paraitre paru parution sortir sortie public diffuser rendre ligne
presenter devoiler exposer annoncer dire|concerner porter viser traiter cibler toucher relatif consacrer objet sujet
comprendre compter comporter contenir inclure rassembler mobiliser reunir regrouper composer decliner organiser articuler
constituer formuler figurer
obliger imposer exiger requerir obligation obligatoire tenu necessaire devoir falloir compulsory mandatory require
permettre autoriser possible pouvoir|interdire prohiber prohibition interdiction banned prohibit
utiliser employer recourir servir usage emploi utilisation recours use
remplacer succeder substituer laisser_place changer replace
choisir retenir designer selectionner elire nommer|financer doter subventionner financement dotation disposer recevoir
cout couter prix montant somme enveloppe budget payer paye depense tarif|duree durer delai periode temps pendant valoir
aider soutenir appuyer accompagner aide soutien appui accompagnement
diriger piloter conduire mener animer directeur direction
rediger ecrire auteur redaction ecrit
prevoir planifier envisager vouloir souhaiter viser objectif but chercher prevision
demander souhaiter vouloir appeler|mesurer evaluer juger estimer evaluation
informer avertir prevenir signaler aviser information
saisir inscrire ecrire entrer coller figurer|garder conserver garde|detenir detenteur posseder avoir possession
necessaire requis indispensable suffire|evoquer citer mentionner nommer parler|trouver retrouver
rester demeurer encore toujours|effectuer realiser faire execution|fournir donner apporter livrer remettre
heberger hebergement hebergeur host|donc ainsi|actuel present en_cours|precedent ancien anterieur vieux
nouveau supplementaire recent|important principal essentiel majeur|montrer demontrer prouver preuve demonstration
adopter voter approuver adoption approbation|debattre debat discussion|reporter repousser decaler postpone
verifier confirmer controler etablir constater|expliquer explication explicable explicabilite
depasser exceder superieur|augmenter hausse progresser croissance accroitre|diminuer baisse reduire
propre specifique dedie particulier|proche voisin|partager mutualiser mutualisation pool
formation former apprendre|soigner soin soins|risque danger|accord consentement|regle norme regles
proteger protection couvrir couvert|confidentiel secret|travail travaux oeuvre|disponible disposition
sanction amende punir penalite penaliser sanctionner|echange echanger|titulaire fonction poste occuper
ministre ministere ministeriel|identique meme pareil|distinct different|ensemble commun conjoint
eviter garder_se|renoncer abandon abandonner|solution outil|respecter conforme conformite conformer
repartir partager diviser|entree entrer vigueur|relever appartenir entrer
deux double|seul unique uniquement seulement|affirmer estimer considerer declarer dire indiquer juger revendiquer
inaugurer inauguration|intervenir avoir_lieu derouler tenir|emaner venir auteur|projet proposition
elargir etendre extension
evidence evident manifeste|etape temps phase solution
appliquer applicable application|deposer depot candidature
maximum maximal maximale
minimum minimal minimale|limite illimite duree|fonctionner fonctionnement marcher|rembourser remboursement
journee jour|subir souffrir
reparation dommage
maitrise maitriser comprendre comprehension|traitement traiter|selon apres|proposer proposition suggerer
commun communs conjoint joint|signifier vouloir designer equivaloir revenir|accueillir accueil heberger
contraignant obligatoire|integrer comprise incluse compris inclure dont
constituer etre|inclus comprendre|dispositif systeme|consultation concertation|hopital hospitalier|
agreement agreed adopt approve|compulsory mandatory obligatory require must|start begin enter
publish issue release online out came come
follow then
cover concern deal address|include contain comprise|french france|two double|renew renewable|tell inform
host hosting|write draft author|worth amount|drop abandon|favour replace|banned prohibit ban|run last|meant aim
designate appoint name|classify class rank|year annual
"""
_LIGHT = """
avoir etre faire dire prendre donner mettre venir aller rendre passer laisser voir agir trouver tenir suivre lieu
fois chose cas fait
partie part titre terme termes sens niveau cadre ainsi notamment egalement surtout particulier respectivement desormais
actuellement deja encore ensuite puis enfin d abord lors suite suivant suivante selon apres avant depuis pendant
durant outre
parmi entre tandis alors contre dont doivent doit devoir devait devaient devra devront peut peuvent pouvoir pourra
pourront
pourrait pourraient falloir faut faudra plus moins environ pres quelque jusqu ici partir compter total totale totalement
seul seule seuls seulement uniquement meme memes propre autre autres certain nombre ensemble plusieurs divers different
date mois annee annees jour jours an ans periode euros euro million millions milliard milliards cent mille
premier premiere second seconde dernier derniere deux trois quatre cinq six sept huit neuf dix
savoir exemple raison objet sujet point points question egard matiere domaine effet cause faveur nom
comme soit quant tant aussi bien mal tres trop peu beaucoup vraiment toutefois cependant neanmoins pourtant donc
finalement
disposer consister concerner permettre prevoir viser porter comporter comprendre compter contenir figurer relever agir
indiquer preciser rappeler souligner estimer considerer affirmer noter ajouter expliquer citer attribuer constituer
representer
actuel actuelle actuels nouveau nouvelle nouveaux nouvelles etabli defini precise retenir savoir distinguer designer
existe exister reste rester demeurer devenir devient faute grace face voie mesure maniere facon forme base principe
lendemain veille moment epoque alors autant tel telle cela celui celle ceux celles ici y en
contrairement contraire instar meme encontre propos donne donnee2 voila voici lui elle elles eux soi jamais rien
personne2 aucun aucune
sans sauf hors excepte non ni pas point oui conteste tout tous toute toutes chaque quel quelle toujours totalite
entierement
rendu rendue rendre rend rendent reprend reprennent tenu tenue marque laquelle lequel lesquelles desquelles desquels
auquel appuie
appuyer participe participer ait aient eleve deroule derouler rester occupe occuper avaient avait ayant soit soient
servent sert servir
revient revenir reviendrait vaut valoir appartient confondus confondu pris prise dite dit dits viennent vient place
etat conduisent
possible possibles compris comprise comprend comprennent contient contiennent prevoit prevoient permet permettent
recoit recoivent fournit
equivaut connait connu connue laisse suppose supposent fait souhaite veut exige obtenir obtient dure durent constitue
classe atteindre
meant ancien ancienne anciens anciennes cours objectif annonce but role titre mention presentation reprise face
instar biais aide suite sein egard moyen profit
compter souligner avancer evoquer mentionner ressortir resulter decouler reposer appuyer fonder baser tendre chercher
entendre
correspondre apparaitre paraitre sembler demeurer continuer poursuivre garder tenir posseder beneficier jouir percevoir
accorder charger incomber appartenir dependre entrer sortir arriver parvenir aboutir excedent franchir reunir reunies
reunis
soutenu soutenir effectuer accomplir realiser assurer mener conduire proceder porter apporter attendre attendu veiller
acteur acteurs endroit organise organiser appeler appellent appele nomme
savoir connaitre sait ignore juge estime dit selon afin dorenavant auparavant precisement explicitement
officiellement concretement
desormais ensemble conjointement simultanement parallelement autrement dela long large bref court representer
representent presenter presente
dessus dessous follow followed follows further ran runs run applies apply lasts matter making made make makes
one two three first second under such according also however therefore already yet still then since until including
year month day amount number case part way set out well shall should must cannot last total worth named called
""".replace("donnee2", "").replace("personne2", "")
IDIOMS = re.compile(
    r"\b(?:a l'aide d|au cours d|par les soins d|en faveur d|a la suite d|au sein d|dans le cadre d|en matiere d|au titre d"
    r"|a l'egard d|par le biais d|au moyen d|a propos d|en vertu d|au profit d|du point de vue d|du fait d|hors d'atteinte d"
    r"|en raison d|dans la limite d)(?:e|es|u|')?\b"
)
"""Turns of phrase whose noun names nothing."""
REFUSING = frozenset(
    """refus rejet cess arret supprim suspen retir exclu empech annul renonc abando echou dissua decour
    remove reject refuse cancel stop deny""".split()
)
"""Roots of the verbs that undo what they govern: none may be added."""


_ADJECTIVAL = re.compile(r"(?:n?els?|n?elles?|al|ales?|aux)$")


def root(word: str) -> str:
    """What a word shares with those derived from it: its first letters, enough to tell it from others."""
    return word[:6]


def akin(one: str, other: str) -> bool:
    """Whether two forms are of one family: they begin alike, but for endings ("nécessité" and "nécessaire")."""
    if bool(_ADJECTIVAL.search(one)) != bool(_ADJECTIVAL.search(other)):
        return False  # "personne" and "personnel" are not the same thing
    shorter = min(len(one), len(other))
    shared = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    return shared >= max(6, shorter - 4) or (shorter <= 6 and shared >= 5)


@lru_cache(maxsize=2)
def synonyms(lang: Language) -> dict[str, frozenset[str]]:
    """For each stem, the stems that may stand for it, itself left out."""
    found: dict[str, set[str]] = {}
    for group in _SAME.replace("\n", "|").split("|"):
        stems = {stem_of(word, lang) for word in group.split()}
        for stem in stems:
            found.setdefault(stem, set()).update(stems - {stem})
    return {stem: frozenset(others) for stem, others in found.items()}


@lru_cache(maxsize=2)
def light(lang: Language) -> frozenset[str]:
    """The stems that carry no fact of their own: verbs of saying and being, links, units that are checked as values."""
    return frozenset(stem_of(word, lang) for word in (*_LIGHT.split(), *_lists()[f"general_{lang}"].split()))


@lru_cache(maxsize=2)
def actors(lang: Language) -> frozenset[str]:
    """The stems of those who act: people in a role, bodies, undertakings."""
    return frozenset(stem_of(word, lang) for word in _lists()[f"actors_{lang}"].split())


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads(GENERAL_FILE.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=2)
def hand_groups(lang: Language) -> dict[str, frozenset[int]]:
    """For each stem of a language the groups of the list above that it stands in, by number."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_SAME.replace("\n", "|").split("|")):
        for word in group.split():
            found.setdefault(stem_of(word, lang), set()).add(number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}
