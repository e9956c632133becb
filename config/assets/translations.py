"""Translations: what there is to say, and whether it is said in every language.

Swedish is the source: the sentence in the code is the message's name. The other languages live in
portal/translations/LANGUAGE/LC_MESSAGES/messages.po and serve the portal and the kiosk alike.

    python -m config.assets.translations            collect the sentences and update every language
    python -m config.assets.translations --add fi   the same, with a new language
    python -m config.assets.translations --prune    the same, and forget translations nobody asks for any more
    python -m config.assets.translations --check    fail, with a list, unless every language is whole
    python -m config.assets.translations --compile  write the .mo files that the server reads
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from config.assets.made import ROOT, AssetError, Step, make_all, replace_file
from portal.web.languages import LANGUAGES, SOURCE

FOLDER = ROOT / "portal" / "translations"
TEMPLATE = FOLDER / "messages.pot"
WANTED = tuple(code for code in LANGUAGES if code != SOURCE)
"""Those that pages offer must be whole."""

DOORS = ("portal", "kiosk")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
JINJA_OPTIONS = {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols", "trimmed": "true", "silent": "false"}
OPTIONS = {pattern: JINJA_OPTIONS for pattern, method in METHODS if method == "jinja2"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}

# Lines of a catalogue's header that would change at each run, or say nothing.
IDLE_HEADER = re.compile(
    rb'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb"|Generated-By): .*\n",
    re.MULTILINE,
)
# What is filled in: %(name)s by the server, {name} by the page's own script.
PLACEHOLDER = re.compile(r"%\((?P<named>\w+)\)[a-z]|\{(?P<braced>\w+)\}")


@cache
def collect() -> Catalog:
    """Every sentence that the doors can say, with the files that say it."""
    catalog = Catalog(charset="utf-8", header_comment="")
    for door in DOORS:
        for name, line, message, comments, context in extract_from_dir(
            ROOT / door, METHODS, OPTIONS, KEYWORDS, comment_tags=("NOTE:",), strip_comment_tags=True
        ):
            catalog.add(message, None, [(f"{door}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def languages() -> list[str]:
    return sorted(file.parent.parent.name for file in FOLDER.glob("*/LC_MESSAGES/messages.po"))


def update(add: Sequence[str] = (), prune: bool = False) -> None:
    sentences = collect()
    _write(TEMPLATE, sentences)
    for language in sorted({*languages(), *WANTED, *add}):
        catalog = _read(language)
        catalog.update(sentences, no_fuzzy_matching=True)
        _write(_file(language), catalog, prune)


def complaints() -> list[str]:
    """What a language lacks or says wrongly, one line each."""
    sentences = collect()
    present = languages()
    missing = [f"{language}: has no messages.po" for language in WANTED if language not in present]
    return missing + [line for language in present for line in sorted(_complaints_of(_read(language), sentences))]


def compile_steps() -> list[Step]:
    return [_compile_step(language) for language in languages()]


def _compile_step(language: str) -> Step:
    source = _file(language)
    result = source.with_suffix(".mo")

    def make() -> None:
        content = io.BytesIO()
        write_mo(content, _read(language))
        replace_file(result, content.getvalue())

    return Step(f"translations/{language}", (source, Path(__file__)), (result,), make)


def _complaints_of(catalog: Catalog, sentences: Catalog) -> Iterator[str]:
    language = str(catalog.locale)
    for wanted in _messages(sentences):
        fault = _fault(catalog.get(wanted.id, wanted.context), wanted, catalog.num_plurals)
        if fault:
            yield f"{language}: {fault}: {_short(wanted)}"
    for message in _messages(catalog):
        if sentences.get(message.id, message.context) is None:
            yield f"{language}: nobody says this any more: {_short(message)}"
    for message in catalog.obsolete.values():
        yield f"{language}: obsolete: {_short(message)}"


def _fault(message: Message | None, wanted: Message, plurals: int) -> str | None:
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy"
    if isinstance(message.id, str) != isinstance(wanted.id, str):
        return "missing its plural"
    said = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not all(said) or (message.pluralizable and len(said) != plurals):
        return "not translated"
    return _placeholder_fault(wanted, said)


def _placeholder_fault(wanted: Message, said: Sequence[str]) -> str | None:
    """A plural form may leave out what only the other form of the source has ("one", not "1"), and nothing else."""
    forms = [_placeholders(form) for form in _forms(wanted)]
    needed, allowed = set.intersection(*forms), set.union(*forms)
    for sentence in said:
        found = _placeholders(sentence)
        if not needed <= found:
            return f"lacks {', '.join(sorted(needed - found))}"
        if not found <= allowed:
            return f"has {', '.join(sorted(found - allowed))}, which the source has not"
    return None


def _placeholders(sentence: str) -> set[str]:
    return {match.group() for match in PLACEHOLDER.finditer(sentence)}


def _forms(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _short(message: Message) -> str:
    sentence = " ".join(_forms(message)[0].split())
    place = f"  [{message.locations[0][0]}]" if message.locations else ""
    return f"“{sentence if len(sentence) <= 90 else sentence[:89] + '…'}”{place}"


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _file(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def _read(language: str) -> Catalog:
    file = _file(language)
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError) as error:
        raise AssetError(f"“{language}” is not a language that Babel knows.") from error
    if language == SOURCE:
        raise AssetError("Swedish is the source and needs no translation.")
    if not file.is_file():
        return Catalog(locale=locale, charset="utf-8", header_comment="")
    with file.open("rb") as stream:
        return read_po(stream, locale=locale, abort_invalid=True)


def _write(file: Path, catalog: Catalog, prune: bool = True) -> None:
    """Sorted, without line numbers and dates: a diff shows what changed in words, and nothing else."""
    catalog.fuzzy = False
    content = io.BytesIO()
    write_po(content, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=prune)
    text = IDLE_HEADER.sub(b"", content.getvalue()).lstrip()
    if not file.is_file() or file.read_bytes() != text:
        replace_file(file, text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.assets.translations")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="fail unless every language is whole")
    what.add_argument("--compile", action="store_true", help="write the .mo files that the server reads")
    what.add_argument("--prune", action="store_true", help="update, and forget translations nobody asks for any more")
    what.add_argument("--add", metavar="LANGUAGE", action="append", default=[], help="update, with a new language")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except AssetError as error:
        print(f"Translations: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.check:
        found = complaints()
        print("\n".join([*found, f"{len(found)} to put right."]) if found else "Every language is whole.")
        return 1 if found else 0
    if options.compile:
        make_all(compile_steps())
        return 0
    update(options.add, options.prune)
    return 0


if __name__ == "__main__":
    sys.exit(main())
