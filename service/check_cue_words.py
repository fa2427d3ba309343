"""Words in, the patterns out that find them: what denies, binds, allows, forbids, doubts, plans or takes in everything.

One word or phrase a space, with `_` for the spaces of a phrase; all forms folded, French and English together, so that a
statement in one language is held to the cues of a quote in the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


def any_of(words: str) -> re.Pattern[str]:
    """A pattern that finds any of the words, each as a whole word. A word may itself be a pattern."""
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b".replace("_", " "))


class Cue(StrEnum):
    """What a cue does to the words about it."""

    DUTY = "duty"
    LEAVE = "leave"
    BAN = "ban"
    ADVICE = "advice"
    WISH = "wish"
    OPTION = "option"
    DOUBT = "doubt"
    PLAN = "plan"
    PAST = "past"
    UNSURE = "unsure"
    DRAFT = "draft"
    SURE = "sure"


CUES: Mapping[Cue, re.Pattern[str]] = {
    Cue.DUTY: any_of(
        r"""
        doi(?:t|vent) dev(?:ra|ront|ait|aient) tenue?s?_(?:de|d'|par) obligatoires?
        oblig(?:e|es|ent|ee|ees|era|eront|ation|ations) impos\w+ exig\w+ requi(?:s|se|ses|ert|erent) obliged obligated bound_to
        il_(?:ne_)?(?:faut|faudra) necessaires? needed necessary must shall mandatory compulsory requir\w+ have_to has_to
        needs?_to indispensables? a_respecter incomb\w* revient_au c'est_au contraint\w* s'impos\w* besoin
        """
    ),
    Cue.LEAVE: any_of(
        r"""
        peu(?:t|vent) pou(?:rra|rront|vait|vaient|voir) pu possible permet(?!tant)\w* permi(?:s|se) autoris\w* may can
        could allow\w* permit\w* droit_(?:de|d'|a)
        """
    ),
    Cue.BAN: any_of(
        r"""
        interdi\w* prohib\w* ban(?:s|ned)? forbid\w* forbidden defendu proscri\w*
        ne_(?:doi(?:t|vent)|peu(?:t|vent)|pourra|faut|saurait)\b[^.;,]{0,24}\b(?:pas|jamais|aucune?) must_not
        may_not cannot can_not shall_not (?:de|a)_ne_(?:jamais|pas|plus) n'a_pas_sa_place never_to should_not
        il_ne_faut
        """
    ),
    Cue.ADVICE: any_of(
        r"""
        recommand(?:e|ent|ee|ees|es|er|ait) recommend(?:s|ed) conseill\w* encourag\w* devrai(?:t|ent) incit\w*
        should invit(?:e|ent) preconis\w* suggest\w*
        """
    ),
    Cue.WISH: any_of(
        r"""
        demande\w* veu(?:t|lent) souhait\w* asks? suppose\w* prevoi(?:t|ent) en_vertu droit_a wants? soumis(?:e|es)?_a subject_to
        date_limite deadline echeance au_plus_tard veill\w* sees?_to ensure\w* assur\w+_que
        calls?_for n'a_pas_sa_place (?:ont|a|avaient|avait|have|has|had)_(?:jusqu|until)
        """
    ),
    Cue.OPTION: any_of(
        r"""
        facultati\w* optionnel\w* optional volontaires? voluntary s'ils?_le_(?:souhait|veul)\w* au_choix
        libres?_de
        """
    ),
    Cue.DOUBT: any_of(
        r"""
        pourrai(?:t|ent) serai(?:t|ent) aurai(?:t|ent) [a-z]{2,}(?:er|ir|dr)ai(?:t|ent) would could might
        peut-etre perhaps possibly
        """
    ),
    Cue.PLAN: any_of(
        r"""
        annonc\w* announc\w* prev(?:u|ue|us|ues|oit|oient|oyait|ision) planned doi(?:t|vent)
        dev(?:ra|ront|ait|aient|rait) vis(?:e|ent|ait|aient|ee|ees|ant) objectifs? aims? aimed a_pour_but
        pour_but d'ici attendue?s? expected a_l'horizon l'horizon cens(?:e|ee|es|ees) projets? project
        envisag\w* will due is_to are_to was_to meant_to intend\w* ambition\w* prochain\w* futur\w* bientot
        promi(?:s|se|ses) promised? a_former to_be destine\w* planifi\w*
        [a-z]{3,}(?:era|eront|ira|iront|dra|dront) sera seront aura auront pourront pourra target by_20\d\d
        veut souhaite reviendrai\w*
        """
    ),
    Cue.PAST: any_of(
        r"""
        [a-z]{2,}(?:ait|aient) remplac\w* abandon\w* n'est_plus ne_sont_plus ne_vaut_plus depasse\w* perime\w*
        ancien\w* a_l'origine d'origine initial\w* d'abord jusqu'\w+ outdated superseded was were had
        no_longer former\w* replaced originally first n'aura_pas laiss\w+_(?:la_)?place succed\w* annul\w*
        caduc\w* cede_(?:la_)?place g(?:a|i)ven?_way pris_le_relais
        anterieur\w* a_vecu promised dropped until
        """
    ),
    Cue.UNSURE: any_of(
        r"""
        non_(?:verifie|confirme)\w*
        n'a_(?:pas_)?(?:pu_)?[^.;]{0,20}(?:retrouve|verifie|etabli|trouve|confirme)\w*
        n'ont_[^.;]{0,20}(?:retrouve|verifie|trouve|confirme)\w* aucun\w*
        pas_(?:pu|confirme|verifie|connu|encore|ete)\w* reste(?:nt)?_non ne_doit_pas
        dernier\w*_(?:etat|titulaire)s?_connue? divergent diverge rien_ne_permet
        n'est_pas_(?:connu|confirm|etabli|certain)\w* not_(?:verified|confirmed|found|known) unconfirmed
        no_[a-z]+_(?:has|was|have) ne_(?:permet|donne|doit|faut) sans_que il_ne_faut_pas last_known
        incertain\w* ignor\w* on_ne_sait nul_ne_sait pas_[a-z]+_confirme\w* n'est,_[a-z]+,_pas_confirme\w* unknown unverified
        possible_to_(?:verify|confirm) (?:could|can)_not_be_(?:verified|confirmed) derniere_information
        """
    ),
    Cue.DRAFT: any_of(
        r"""
        propos\w* projets? drafts? pourrai(?:t|ent) serai(?:t|ent) aurai(?:t|ent)
        [a-z]{2,}(?:er|ir|dr)ai(?:t|ent) would not_adopted pas_(?:encore_)?(?:en_vigueur|adopte)\w*
        n'est_pas_en_vigueur not_law amendement en_discussion examen
        """
    ),
    Cue.SURE: any_of(
        r"""
        confirm\w* certainement avec_certitude (?:est|sont|is|are)_certaine?s? sans_(?:conteste|aucun_doute)
        assurement etabli_que prouve avere\w* undoubtedly
        certainly definitely
        """
    ),
}

DENIES = any_of(
    r"""
    ne n'(?=[a-z]) pas non not n't cannot never no without neither nor unless sans aucune?s? jamais rien ni echapp\w* exempt\w*
    sort(?:ent|ir)?_du_champ hors_d[eu'] renonc\w* abandon\w* interdi\w* prohibit\w* banned impossible illimit\w* faute_d loin_d[eu]
    contrairement au_lieu plutot_que rather_than instead inexact\w* faux fausse excl\w+ refus\w* dement\w* absence
    depourvu\w* vari(?:e|ent) outside en_dehors exclud\w* suspen[ds]\w* empech\w* rejet\w* reject\w* prevent\w* stop\w* ceas\w*
    cess(?:e|ent|er|era|ait) a_tort wrongly erron\w+ se_trompe\w* mistaken\w* unadopted unconfirmed unverified unchanged
    closes? closed quitt\w+ discourag\w* dissuad\w* decourag\w*
    """
)
UNDOES = any_of(
    r"""
    exempt\w* exon\w* dispens\w* interdi\w* prohibit\w* bann?(?:ed|ing|s)? excl[aou]\w+ exclud\w* refus\w* rejet\w* reject\w*
    suspen[ds]\w* empech\w* prevent\w* renonc\w* abandon\w* annul\w* cancel\w* supprim\w* remov\w* abrog\w* repeal\w*
    stop\w* ceas\w* cess(?:e|ent|er|era|ait) echapp\w* remplac\w* replac\w* waiv\w*
    """
)
"""Verbs that undo what they govern; denied themselves, they leave it as it is."""
DENIES_BY_GRAMMAR = frozenset(
    "ne n' pas non not n't cannot never no without neither nor sans aucun aucune aucuns aucunes jamais rien ni".split()
)
PARTICLE = any_of("pas plus jamais aucune? rien ni guere point")
PARTLY = re.compile(r" (?:seulement|uniquement|toutes?|tous|forcement|necessairement|systematiquement)\b")
BREAK = re.compile(
    r"[;.:!?]|,? \b(?:mais|tandis qu|alors qu|whereas|while|but|bien qu|meme si|although|contre)\b"
    r"|, (?:et )?(?:non|not)\b|\bet non\b|\band not\b"
    r"|, (?:et|and|qui|dont|car|puisque|selon|d'apres|c'est|which|who|il|elle|ils|elles|soit|sauf|according|as)\b"
)
"""Where what is denied or opposed on one side does not reach the other."""

UNIVERSAL = any_of(
    r"""
    tou(?:s|tes)(?!_deux|_secteurs|_confondus|_les_deux) toute(?=_[a-z]+)(?!_fois) tout(?=_[a-z]{4,})(?!_d'abord|_comme|_afait)
    toujours(?!_pas|_un|_en_) jamais dans_tous_les_cas sans_(?:aucune_)?(?:exception|condition)s? entierement integralement totalite
    systematiquement l'ensemble_d(?:es?|u) the_whole chaque aucune?s? all always every each(?!_other) never any entirely
    without_exception in_all_cases quel(?:le)?_que_soit partout n'importe
    """
)
UNIVERSAL_HELD = any_of(
    r"""
    tous toutes? tout toujours jamais dans_tous_les_cas sans_(?:aucune_)?(?:exception|condition|distinction)s? entierement
    integralement totalite systematiquement confondus chaque aucune?s? all always every each never any entirely
    without_exception in_all_cases quel(?:le)?_que_soit partout whole chacune? both
    """
)
ONLY = re.compile(
    r"\b(?:uniquement|exclusivement|only|solely|rien que)\b(?! (?:about |some )?[\d€]| (?:one|two|three|four|five|six|seven|ten))"
)
RESTRICTS = any_of(r"uniquement exclusivement seul\w* only solely reserve\w* limite\w* propres? qu(?:e|')")
DONE_ENGLISH = re.compile(
    r"(?<!be )(?<!been )(?<!is )(?<!are )(?<!was )(?<!were )\b([a-z]{3,}ed)\b(?= (?:the|an?|its|their|all|more|that|about|some|€|\d))"
)
DONE = re.compile(
    r"\b(?:a|ont|est|sont|s'est|se sont|has|have)(?: (?:bien|deja|ete|been|depuis|already|now))*"
    r" ([a-z]{3,}(?:ee?s?|ie?s?|ue?s?|is|ise|it|ite|ed|en|t)|(?:re)?mise?s?|(?:re|com|ap)?prise?s?|fait|dit|vu|lu|made|held|set|put)\b"
)
PLANNED = re.compile(
    r"\b(?:doi(?:t|vent)|dev(?:ait|aient|ra|ront)|vis(?:e|ait|aient|ent)|pour (?=[a-z]+(?:er|ir|re)\b)|afin d[e']|prevoi(?:t|ent|yait)(?: d[e'])?"
    r"|objectif(?: est)? d[e']|pro(?:jet|position) d[e']|prepar\w+|draft|proposal (?:to|for)"
    r"|veu(?:t|lent)|cherche(?:nt)? a|souhait\w+|wants? to|aims? (?:to|for)|seeks? to"
    r"|but (?:est )?d[e']|censee? |d'ici|a former|is to|are to|to)\b[^.;,]{0,40}"
)
BANNED = re.compile(r"\b(?:interdi|prohib|ban(?:s|ned)?\b|forbid|defendu|proscri)")
DRAFT_NOW = re.compile(
    r"\b(?:est|reste|restait|etait|is|remains|was) (?:encore |toujours |still )?(?:un |une |a )?"
    r"(?:projet|proposition|draft|proposal)\b|pas (?:encore |definitivement )?(?:adopte|promulgue|en vigueur)"
    r"|premiere lecture|not (?:yet )?(?:been )?adopted|open to public consultation"
)
ADOPTED = re.compile(
    r"\b(?:adopte|vote|promulgue|approuve|ratifie|entre)e?s?\b|en vigueur|definiti\w+|\bimpos\w+"
    r"|\b(?:adopted|approved|enacted|in force|final)\b"
)
REPLACED_BY = re.compile(r"remplac\w+ par|mais c'est|; |replaced by|took its place|a fixe|s'est|fixed")
