"""The codes of a database that bundles are served from go in; what an operator reads of them, in French and in English, comes out."""

from __future__ import annotations

from collections.abc import Mapping

from service.texts import Wording

STORE_FAULTS: Mapping[str, tuple[Wording, Wording]] = {
    "store_invalid": (
        Wording("SOURCIER_STORE n'est pas une adresse de PostgreSQL", "SOURCIER_STORE is no address of PostgreSQL"),
        Wording(
            "Écrivez-la postgresql://utilisateur@hôte1,hôte2/base.", "Write it postgresql://user@host1,host2/database."
        ),
    ),
    "store_needs_extra": (
        Wording("le pilote de PostgreSQL n'est pas installé", "the driver of PostgreSQL is not installed"),
        Wording("Installez-le : pip install 'sourcier[postgres]'", "Install it: pip install 'sourcier[postgres]'"),
    ),
    "store_unreachable": (
        Wording("aucun hôte de la base de données ne répond", "no host of the database answers"),
        Wording("Vérifiez la base, le réseau et le mot de passe.", "Check the database, the network and the password."),
    ),
    "store_forbidden": (
        Wording("la base refuse la lecture à cet utilisateur", "the database does not let this user read"),
        Wording(
            "Donnez-lui le rôle sourcier_reader (docs/postgresql.md).",
            "Give it the role sourcier_reader (docs/postgresql.md).",
        ),
    ),
    "store_without_vectors": (
        Wording("l'extension pgvector manque à la base", "the database lacks the extension pgvector"),
        Wording("Installez pgvector sur le serveur.", "Install pgvector on the server."),
    ),
    "store_layout": (
        Wording(
            "la base a été remplie par une autre version du programme",
            "the database was filled by another version of the program",
        ),
        Wording(
            "Publiez dans une base neuve : python -m ingest publish",
            "Publish into a new database: python -m ingest publish",
        ),
    ),
    "store_empty": (
        Wording("rien n'a encore été publié dans la base", "nothing was published to the database yet"),
        Wording("Lancez : python -m ingest publish", "Run: python -m ingest publish"),
    ),
    "store_bundle_gone": (
        Wording("la base n'a pas (ou plus) le lot demandé", "the database has not, or no more, that bundle"),
        Wording("Relancez : python -m ingest publish", "Run again: python -m ingest publish"),
    ),
    "store_damaged": (
        Wording("une ligne de la base manque ou a été altérée", "a row of the database is missing or altered"),
        Wording("Publiez de nouveau ce lot (docs/postgresql.md).", "Publish that bundle again (docs/postgresql.md)."),
    ),
}
