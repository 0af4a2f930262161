"""Identities as people of many countries write them, by Faker: names, addresses, telephone numbers, dates, ids."""

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from faker import Faker

LOCALES = (
    "en_US",
    "en_GB",
    "en_IE",
    "en_IN",
    "de_DE",
    "de_AT",
    "de_CH",
    "fr_FR",
    "fr_CA",
    "es_ES",
    "es_MX",
    "it_IT",
    "pt_BR",
    "pt_PT",
    "nl_NL",
    "nl_BE",
    "sv_SE",
    "da_DK",
    "no_NO",
    "fi_FI",
    "pl_PL",
    "cs_CZ",
    "sk_SK",
    "hu_HU",
    "ro_RO",
    "hr_HR",
    "sl_SI",
    "lt_LT",
    "el_GR",
    "tr_TR",
    "ru_RU",
    "uk_UA",
    "bg_BG",
    "ja_JP",
    "zh_CN",
    "zh_TW",
    "ko_KR",
    "ar_SA",
    "fa_IR",
    "he_IL",
    "hi_IN",
    "th_TH",
    "vi_VN",
)
CARRIERS = (
    "CT HEAD {}",
    "{} MRI KNEE",
    "XR CHEST PA {}",
    "AX T1 {}",
    "{}",
    "US ABDOMEN {} LIVER",
    "t2_tse_sag {}",
    "Thorax 1.0 B70f {}",
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_WORD = re.compile(r"[^\W_]+")


class Identity(NamedTuple):
    """A value of a kind, as a country writes it, and the description that it stands in."""

    locale: str
    kind: str
    value: str
    carrier: str

    @property
    def text(self) -> str:
        return self.carrier.format(self.value)

    def left(self, cleaned: str) -> list[str]:
        """What of the value a cleaned text still holds."""
        words = _WORD.findall(cleaned)
        for word in _WORD.findall(self.carrier.format("")):
            if word in words:
                words.remove(word)
        return [word for word in words if word in self.value]


def identities(count: int, seed: int, locales: tuple[str, ...] = LOCALES) -> Iterator[Identity]:
    """The same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - test data
    fakers = []
    for locale in locales:
        faker = Faker(locale)
        faker.seed_instance(seed)
        fakers.append((locale, faker))
    made = 0
    while made < count:
        locale, faker = fakers[made % len(fakers)]
        kind = chance.choice(list(_KINDS))
        value = _KINDS[kind](faker, chance)
        if chance.random() < 0.4:
            value = value.upper()
        yield Identity(locale, kind, value, chance.choice(CARRIERS))
        made += 1


def _name(faker: Faker, chance: random.Random) -> str:
    first, last = str(faker.first_name()), str(faker.last_name())
    return chance.choice([f"{first} {last}", f"{last} {first}", f"{last}, {first}", f"{last}^{first}", last])


def _initialled(faker: Faker, chance: random.Random) -> str:
    first, last = str(faker.first_name()), str(faker.last_name())
    return chance.choice([f"{last},{first[0]}", f"{first[0]}. {last}", f"{last} {first[0]}."])


def _date(faker: Faker, chance: random.Random) -> str:
    born = faker.date_of_birth(minimum_age=1, maximum_age=95)
    year, month, day = born.year, born.month, born.day
    short = year % 100
    return chance.choice(
        [
            f"{day:02} {month:02} {short:02}",
            f"{day}.{month}.{year}",
            f"{day}.{_ROMAN[month - 1]}.{year}",
            f"{day}-{_ROMAN[month - 1]}-{short:02}",
            f"S{day + 20}.{month}.{day}",
            f"\u662d\u548c{day + 20}\u5e74{month}\u6708{day}\u65e5",
            f"{year}\ub144 {month}\uc6d4 {day}\uc77c",
            f"{day}/{month}/{year + 543}",
            f"{year - 621}/{month:02}/{min(day, 29):02}",
            f"{year}/{month}/{day}".translate({48 + digit: 0x6F0 + digit for digit in range(10)}),
            f"{year}/{month}/{day}".translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
            f"{born:%b}-{short:02}",
            f"{born:%d%b%y}",
            f"{year}-{month:02}-{day:02}",
            f"{day:02}{month:02}{year}",
        ]
    )


def _card(faker: Faker, chance: random.Random) -> str:
    number = str(faker.credit_card_number())
    return chance.choice([number, re.sub(r"(\d{4})(?=\d)", r"\1 ", number)])


_KINDS: dict[str, Callable[[Faker, random.Random], str]] = {
    "name": _name,
    "initialled name": _initialled,
    "telephone number": lambda faker, _: str(faker.phone_number()),
    "date": _date,
    "national id": lambda faker, _: str(faker.ssn()),
    "card": _card,
    "one name": lambda faker, chance: str(faker.last_name() if chance.random() < 0.6 else faker.first_name()),
    "street address": lambda faker, _: str(faker.street_address()).replace("\n", " "),
    "postcode": lambda faker, _: str(faker.postcode()),
    "spelled name": lambda faker, _: " ".join(str(faker.last_name()).replace(" ", "")),
}
