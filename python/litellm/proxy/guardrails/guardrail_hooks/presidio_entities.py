"""The kinds of personal data that Presidio knows, by where they are from."""

from __future__ import annotations

from collections.abc import Mapping


def _of(country: str, names: str) -> tuple[str, ...]:
    return tuple(f"{country}_{name}" for name in names.split())


ENTITIES: Mapping[str, tuple[str, ...]] = {
    "General": (
        "DATE_TIME", "EMAIL_ADDRESS", "IP_ADDRESS", "NRP", "LOCATION", "PERSON", "PHONE_NUMBER", "MEDICAL_LICENSE",
        "URL", "MAC_ADDRESS", "UUID",
    ),
    "Finance": ("CREDIT_CARD", "CRYPTO", "IBAN_CODE"),
    "USA": _of("US", "BANK_NUMBER DRIVER_LICENSE ITIN PASSPORT SSN MBI NPI"),
    "UK": _of("UK", "NHS NINO PASSPORT POSTCODE VEHICLE_REGISTRATION DRIVING_LICENCE"),
    "Spain": _of("ES", "NIF NIE PASSPORT"),
    "Italy": _of("IT", "FISCAL_CODE DRIVER_LICENSE VAT_CODE PASSPORT IDENTITY_CARD"),
    "Poland": _of("PL", "PESEL"),
    "Singapore": _of("SG", "NRIC_FIN UEN"),
    "Australia": _of("AU", "ABN ACN TFN MEDICARE"),
    "India": _of("IN", "PAN AADHAAR VEHICLE_REGISTRATION VOTER PASSPORT GSTIN"),
    "Finland": _of("FI", "PERSONAL_IDENTITY_CODE"),
    "Germany": _of(
        "DE", "TAX_ID TAX_NUMBER VAT_ID PASSPORT ID_CARD FUEHRERSCHEIN SOCIAL_SECURITY HEALTH_INSURANCE LANR BSNR KFZ "
        "HANDELSREGISTER PLZ",
    ),
    "Korea": _of("KR", "RRN FRN PASSPORT DRIVER_LICENSE BRN"),
    "Canada": _of("CA", "SIN"),
    "Sweden": _of("SE", "PERSONNUMMER ORGANISATIONSNUMMER"),
    "Thailand": _of("TH", "TNIN"),
    "Turkey": _of("TR", "NATIONAL_ID LICENSE_PLATE"),
    "Nigeria": _of("NG", "NIN VEHICLE_REGISTRATION"),
    "Philippines": _of("PH", "TIN UMID PASSPORT"),
    "South Africa": _of("ZA", "ID_NUMBER"),
}  # fmt: skip
