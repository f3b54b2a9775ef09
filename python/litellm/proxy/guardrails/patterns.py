"""Patterns by name, for guardrails that look for personal data, payment cards, credentials and addresses.

The names are LiteLLM's. Every pattern is linear: no repetition of a repetition. A pattern with `near` counts only
where one of those words is within `NEAR` characters of it, one with `check` where its digits pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

NEAR = 60
"""Characters between a pattern and the word that makes it count."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and the UI's heading for it."""

    regex: str
    category: str = "PII Patterns"
    near: str = ""
    check: Callable[[str], bool] | None = None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it is in a text."""
        for match in _compiled(self.regex).finditer(text):
            if self.check is not None and not self.check(match.group()):
                continue
            around = text[max(0, match.start() - NEAR) : match.end() + NEAR]
            if not self.near or _compiled(rf"(?i)\b(?:{self.near})").search(around):
                yield match.span()


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def _luhn(text: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812)."""
    digits = [int(char) for char in text if char.isdigit()][::-1]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0


def _iban(text: str) -> bool:
    """The check digits of an IBAN (ISO 13616)."""
    plain = re.sub(r"\s", "", text).upper()
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _ipv4(text: str) -> bool:
    return all(int(part) < 256 for part in text.split("."))


_CARD, _KEYS, _NET = "Payment Card Patterns", "Credential Patterns", "Network Patterns"
_BR, _EU, _AIR, _UAE = "Brazilian PII Patterns", "EU PII Patterns", "Aviation PII Patterns", "UAE PII Patterns"
_SG, _CA = "Singapore PII Patterns", "Canadian PII Patterns"
_SEP = r"[ -]?"
_PASSPORT = "passport|passeport|reisepass|paspoort|travel document"

PATTERNS: Mapping[str, Pattern] = {
    "us_ssn": Pattern(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b"),
    "us_ssn_no_dash": Pattern(r"\b(?!000|666|9\d\d)\d{3}(?!00)\d{2}(?!0000)\d{4}\b", near="ssn|social security"),
    "email": Pattern(r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}\b"),
    "us_phone": Pattern(r"(?<!\d)(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)"),
    "visa": Pattern(rf"\b4\d{{3}}{_SEP}\d{{4}}{_SEP}\d{{4}}{_SEP}\d{{4}}\b", _CARD, check=_luhn),
    "mastercard": Pattern(
        rf"\b(?:5[1-5]\d\d|2[2-7]\d\d){_SEP}\d{{4}}{_SEP}\d{{4}}{_SEP}\d{{4}}\b", _CARD, check=_luhn
    ),
    "amex": Pattern(rf"\b3[47]\d\d{_SEP}\d{{6}}{_SEP}\d{{5}}\b", _CARD, check=_luhn),
    "discover": Pattern(rf"\b6(?:011|5\d\d){_SEP}\d{{4}}{_SEP}\d{{4}}{_SEP}\d{{4}}\b", _CARD, check=_luhn),
    "credit_card": Pattern(r"\b(?:\d[ -]?){12,18}\d\b", _CARD, check=_luhn),
    "aws_access_key": Pattern(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", _KEYS),
    "aws_secret_key": Pattern(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", _KEYS, near="aws|secret"),
    "github_token": Pattern(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b", _KEYS),
    "slack_token": Pattern(r"\bxox[abeprs]-[A-Za-z0-9-]{10,250}", _KEYS),
    "generic_api_key": Pattern(
        r"""(?i)\b(?:api[_-]?key|secret|token|password)\b["']?\s{0,3}[:=]\s{0,3}["']?[A-Za-z0-9_\-]{16,200}""", _KEYS
    ),
    "ipv4": Pattern(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", _NET, check=_ipv4),
    "ipv6": Pattern(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![\w:])", _NET),
    "url": Pattern(r"\bhttps?://[^\s<>\"']{1,2000}", _NET),
    "passport_us": Pattern(r"\b(?:[A-Z]\d{8}|\d{9})\b", near=_PASSPORT),
    "passport_uk": Pattern(r"\b\d{9}\b", near=_PASSPORT),
    "passport_germany": Pattern(r"\b[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\b", near=_PASSPORT),
    "passport_france": Pattern(r"\b\d{2}[A-Z]{2}\d{5}\b", near=_PASSPORT),
    "passport_netherlands": Pattern(r"\b[A-NP-Z]{2}[A-NP-Z0-9]{6}\d\b", near=_PASSPORT),
    "passport_canada": Pattern(r"\b[A-Z]{2}\d{6}\b", near=_PASSPORT),
    "passport_india": Pattern(r"\b[A-PR-WY]\d{7}\b", near=_PASSPORT),
    "passport_australia": Pattern(r"\b[A-Z]{1,2}\d{7}\b", near=_PASSPORT),
    "passport_china": Pattern(r"\b[EG]\d{8}\b", near=_PASSPORT),
    "passport_japan": Pattern(r"\b[A-Z]{2}\d{7}\b", near=_PASSPORT),
    "nl_bsn_contextual": Pattern(r"\b\d{9}\b", near="bsn|burgerservicenummer|sofi"),
    "br_cpf": Pattern(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b", _BR),
    "br_cpf_unformatted": Pattern(r"\b\d{11}\b", _BR, near="cpf"),
    "br_phone_landline": Pattern(r"(?<!\d)(?:\+?55 ?)?\(?[1-9]\d\)? ?[2-5]\d{3}[ -]?\d{4}(?!\d)", _BR),
    "br_phone_mobile": Pattern(r"(?<!\d)(?:\+?55 ?)?\(?[1-9]\d\)? ?9\d{4}[ -]?\d{4}(?!\d)", _BR),
    "br_cep": Pattern(r"\b\d{5}-\d{3}\b", _BR),
    "br_cnpj": Pattern(r"\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b", _BR),
    "br_rg": Pattern(r"\b\d{1,2}\.\d{3}\.\d{3}-[\dXx]\b", _BR),
    "au_tfn": Pattern(r"\b\d{3} ?\d{3} ?\d{2,3}\b", near="tfn|tax file"),
    "au_abn": Pattern(r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b", near="abn|australian business"),
    "au_medicare": Pattern(r"\b[2-6]\d{3} ?\d{5} ?\d\b", near="medicare"),
    "iban": Pattern(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", _CARD, check=_iban),
    "eu_iban_enhanced": Pattern(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", _EU, check=_iban),
    "fr_nir": Pattern(r"\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?\b", _EU),
    "fr_phone": Pattern(r"(?<!\d)(?:\+33 ?|0)[1-9](?:[ .-]?\d{2}){4}(?!\d)", _EU),
    "eu_vat": Pattern(
        r"\b(?:ATU|BE0|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)[A-Z0-9]{8,12}\b",
        _EU, near="vat|tva|ust|iva|btw|tax",
    ),
    "eu_passport_generic": Pattern(r"\b[A-Z0-9]{2}\d{6,7}\b", _EU, near=_PASSPORT),
    "fr_postal_code": Pattern(r"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{3}\b", _EU, near="code postal|postal|adresse|address"),
    "street_address": Pattern(
        r"\b\d{1,6} (?:[A-Z][a-z]{1,30} ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct"
        r"|Way|Place|Pl|Square|Sq)\b"
    ),
    "airline_pnr": Pattern(r"\b(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}\b", _AIR, near="pnr|booking|reservation|confirmation"),
    "skywards_number": Pattern(r"\b(?:EK ?)?\d{9}\b", _AIR, near="skywards"),
    "flight_number": Pattern(r"\b[A-Z]{2} ?\d{2,4}\b", _AIR, near="flight"),
    "uae_emirates_id": Pattern(r"\b784-?\d{4}-?\d{7}-?\d\b", _UAE),
    "uae_phone": Pattern(r"(?<!\d)(?:\+971|00971) ?5\d ?\d{3} ?\d{4}(?!\d)", _UAE),
    "sg_nric": Pattern(r"\b[STFGM]\d{7}[A-Z]\b", _SG),
    "sg_phone": Pattern(r"(?<!\d)(?:\+65 ?)[3689]\d{3} ?\d{4}(?!\d)", _SG),
    "sg_postal_code": Pattern(r"\b\d{6}\b", _SG, near="singapore|postal"),
    "passport_singapore": Pattern(r"\b[EK]\d{7}[A-Z]\b", _SG),
    "sg_uen": Pattern(r"\b(?:\d{8,9}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z])\b", _SG),
    "sg_bank_account": Pattern(r"\b\d{3}-\d{5,6}-\d{1,3}\b", _SG),
    "ca_sin": Pattern(r"\b\d{3}[ -]\d{3}[ -]\d{3}\b", _CA, check=_luhn),
    "ca_ohip": Pattern(r"\b\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Z]{2})?\b", _CA, near="ohip|health card"),
    "ca_on_drivers_licence": Pattern(r"\b[A-Z]\d{4}-?\d{5}-?\d{5}\b", _CA),
    "ca_immigration_doc": Pattern(r"\b[A-Z]\d{9}\b", _CA, near="permit|immigration|visa|ircc"),
    "ca_bank_account": Pattern(r"\b\d{5}-\d{3}-\d{7,12}\b", _CA),
    "ca_postal_code": Pattern(r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d\b", _CA),
}  # fmt: skip

SECRETS = (
    "aws_access_key", "aws_secret_key", "github_token", "slack_token", "generic_api_key",
)  # fmt: skip
SECRET_REGEXES = (
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,10000}-----END [A-Z ]{0,20}PRIVATE KEY-----",
    r"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000}",
    r"\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{20,250}",
    r"\bAIza[A-Za-z0-9_-]{35}\b",
    r"\bsk_live_[A-Za-z0-9]{16,250}\b",
    r"\bglpat-[A-Za-z0-9_-]{20,64}\b",
    r"\bhf_[A-Za-z0-9]{30,64}\b",
    r"\bnpm_[A-Za-z0-9]{36}\b",
    r"\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}\b",
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:(?P<secret>[^\s:/@]{3,200})@",
)
"""What credentials of well-known services look like; of a match with the group `secret`, that is the secret."""


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Where a text holds credentials."""
    found = [span for name in SECRETS for span in PATTERNS[name].find(text)]
    for regex in SECRET_REGEXES:
        for match in _compiled(regex).finditer(text):
            found.append(match.span("secret" if "secret" in match.groupdict() else 0))
    return found


def masked(text: str, spans: list[tuple[int, int, str]]) -> str:
    """The text with each span replaced by its mask; where spans overlap, the earlier and longer one counts."""
    pieces, end = [], 0
    for start, stop, mask in sorted(spans, key=lambda item: (item[0], -item[1])):
        if start >= end:
            pieces += [text[end:start], mask]
            end = stop
        elif stop > end:
            end = stop  # what overlaps is not shown either
    return "".join(pieces) + text[end:]
