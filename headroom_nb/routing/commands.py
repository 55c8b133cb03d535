"""Short commands, such as "Transcribe this.", read as the sentence they stand for.

The question model learned from sentences. A verb alone tells it little, and in doubt it keeps the image: a user who
writes "Read this." would save nothing. Where all that is left of a question without "this", "please" and the like is
one of the commands of :data:`COMMANDS`, the model is shown the sentence in its place. Every other question goes to it
as it is.
"""

from __future__ import annotations

import re
import unicodedata

READ = "Extract all the text from this image."
TRANSLATE = "Translate all text in this image."
SUMMARISE = "Summarize the text in this image."
DESCRIBE = "Describe this image."

COMMANDS: dict[str, tuple[str, ...]] = {
    READ: (
        *("transcribe", "transcription", "transcript", "read", "ocr", "text", "words", "full text"),
        *("extract text", "get text", "copy text", "read text", "transcribe text", "verbatim"),
        *("read out", "read aloud", "read out loud", "type up", "type out"),
        *("lies", "lesen", "vorlesen", "abtippen", "abschreiben", "transkribiere", "transkribieren", "lies vor"),
        *("lis", "lire", "transcris", "transcrire", "retranscris", "recopie", "texte", "lis texte"),
        *("lee", "leer", "léelo", "transcribir", "transcripción", "texto", "lee texto"),
        *("leia", "ler", "transcreva", "transcrever", "transcrição", "leia texto"),
        *("leggi", "leggere", "trascrivi", "trascrivere", "trascrizione", "testo", "leggi testo"),
        *("lees", "lezen", "voorlezen", "overtypen", "transcribeer", "transcriberen", "tekst", "lees tekst"),
        *("прочитай", "прочти", "прочитать", "распознай", "расшифруй", "перепиши", "текст", "распознай текст"),
        *("读", "念", "朗读", "转录", "识别文字", "提取文字", "文字", "全文"),
        *("読んで", "読み上げて", "読み取って", "書き起こして", "書き起こし"),
        *("文字起こし", "文字起こしして", "テキスト"),
    ),
    TRANSLATE: (
        *("translate", "translation", "übersetze", "übersetz", "übersetzen", "übersetzung"),
        *("traduis", "traduire", "traduction", "traduce", "traducir", "traducción"),
        *("traduza", "traduz", "traduzir", "tradução", "traduci", "tradurre", "traduzione"),
        *("vertaal", "vertalen", "vertaling", "переведи", "перевести", "перевод"),
        *("翻译", "译", "翻訳", "翻訳して", "訳して"),
    ),
    SUMMARISE: (
        *("summarize", "summarise", "summary", "sum up", "recap", "tl dr", "tldr", "gist"),
        *("fasse zusammen", "fass zusammen", "zusammenfassen", "zusammenfassung"),
        *("résume", "résumé", "résumer", "resume", "resumir", "resumen", "resuma", "resumo"),
        *("riassumi", "riassumere", "riassunto", "vat samen", "samenvatten", "samenvatting"),
        *("перескажи", "кратко", "резюме", "резюмируй", "总结", "概括", "摘要", "要約", "要約して", "まとめて"),
    ),
    DESCRIBE: (
        *("describe", "caption", "alt text", "image description"),
        *("beschreibe", "beschreib", "beschreiben", "bildunterschrift"),
        *("décris", "décrire", "describir", "descreva", "descrever"),
        *("descrivi", "descrivere", "beschrijf", "beschrijven"),
        *("опиши", "описать", "描述", "説明して", "描写して"),
    ),
}
"""What a command stands for, and the commands in the ten languages of :data:`.language.LANGUAGES`."""

FILLERS = (
    *("this", "it", "that", "these", "the", "all", "everything", "now", "just", "only"),
    *("please", "pls", "plz", "kindly"),
    *("to", "for", "me", "us", "of", "can", "could", "you"),
    *("das", "dies", "es", "den", "alles", "mal", "bitte", "mir", "ganzen"),
    *("ça", "ceci", "cela", "tout", "le", "moi", "svp", "s'il", "te", "vous", "plaît"),
    *("esto", "eso", "todo", "el", "por", "favor", "isto", "isso", "tudo", "o"),
    *("questo", "tutto", "il", "per", "favore", "dit", "dat", "eens", "de", "graag", "alsjeblieft", "voor"),
    *("это", "всё", "весь", "пожалуйста", "мне"),
)
"""Words that say no more than that something is asked of the image."""

_EAST_ASIAN_FILLERS = re.compile("请|一下|这个|这些|全部|これを|ください|お願いします")
MAX_CHARACTERS = 60
"""A question longer than this is no short command."""


def _plain(text: str) -> str:
    """Return the text without case and accents: commands are often typed without them."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )


_FILLERS = frozenset(map(_plain, FILLERS))
_SENTENCES = {_plain(command): sentence for sentence, commands in COMMANDS.items() for command in commands}


def spell_out(question: str) -> str:
    """Return the sentence a short command stands for; any other question as it is."""
    if len(question) > MAX_CHARACTERS:
        return question
    words = re.findall(r"\w+(?:['’]\w+)?", _EAST_ASIAN_FILLERS.sub("", question))
    said = " ".join(word for word in map(_plain, words) if word.replace("’", "'") not in _FILLERS)
    return _SENTENCES.get(said, question)
