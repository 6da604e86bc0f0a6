"""Letters: from a template in both languages and its values to a message. Values are data, escaped where they land."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

LINK, LINES = "link", "lines"


@dataclass(frozen=True)
class Letter:
    """One message to one person; `values` fill the template. `key` stays the same when sending is tried again."""

    template: str
    to: str
    language: str
    values: Mapping[str, str]
    key: str = ""


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Any]:
    text = (resources.files("banyan.notifications") / "letters.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def compose(letter: Letter, sender: str, sender_name: str) -> EmailMessage:
    """The message as text and as HTML. Line ends in values cannot make headers: they become spaces."""
    template = templates()[letter.template]
    language = letter.language if letter.language in template["subject"] else "en"
    plain = {name: " ".join(str(value).split()) for name, value in letter.values.items()}
    if LINES in letter.values:  # the one value of several lines: each is cleaned by itself
        plain[LINES] = "\n".join(" ".join(line.split()) for line in letter.values[LINES].split("\n"))
    safe = {name: html.escape(value) for name, value in plain.items()}
    if LINES in safe:
        safe[LINES] = safe[LINES].replace("\n", "<br>")
    if LINK in safe:
        safe[LINK] = f'<a href="{safe[LINK]}">{safe[LINK]}</a>'
    paragraphs = template["text"][language]
    message = EmailMessage()
    message["From"] = _address(sender_name, sender)
    message["To"] = _address("", letter.to)
    message["Subject"] = template["subject"][language].format_map(plain)
    if letter.key:
        message["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(paragraph.format_map(plain) for paragraph in paragraphs))
    body = "".join(f"<p>{paragraph.format_map(safe)}</p>" for paragraph in paragraphs)
    message.add_alternative(f'<html lang="{language}"><body>{body}</body></html>', subtype="html")
    return message


def _address(name: str, address: str) -> Address:
    """Raises ValueError for what is no address."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise ValueError(address)
    return Address(name, local, domain)
