"""The 8 divisions and 64 districts of Bangladesh, and what delivery to each costs.

Names as the government spells them since the change of five English spellings in 2018 (Barishal, Bogura,
Chattogram, Cumilla, Jashore): https://bangladesh.gov.bd (district portals, ``<district>.gov.bd``). The code of a
place is its English name as a slug; division and district codes are name spaces of their own. Kept in code, not in
the database: a change of this list is a change of law.
"""

from dataclasses import dataclass
from typing import Final

DELIVERY_DHAKA_POISHA: Final = 6_000
DELIVERY_ELSEWHERE_POISHA: Final = 12_000
DELIVERY_REMOTE_POISHA: Final = 15_000  # the three hill districts and the island district


@dataclass(frozen=True, slots=True)
class District:
    """A district (zila): ``delivery_poisha`` is the charge for one order."""

    code: str
    name_en: str
    name_bn: str
    delivery_poisha: int = DELIVERY_ELSEWHERE_POISHA


@dataclass(frozen=True, slots=True)
class Division:
    """A division (bibhag) and its districts, in the order of their English names."""

    code: str
    name_en: str
    name_bn: str
    districts: tuple[District, ...]


DIVISIONS: Final[tuple[Division, ...]] = (
    Division(
        "barishal",
        "Barishal",
        "বরিশাল",
        (
            District("barguna", "Barguna", "বরগুনা"),
            District("barishal", "Barishal", "বরিশাল"),
            District("bhola", "Bhola", "ভোলা", DELIVERY_REMOTE_POISHA),
            District("jhalokathi", "Jhalokathi", "ঝালকাঠি"),
            District("patuakhali", "Patuakhali", "পটুয়াখালী"),
            District("pirojpur", "Pirojpur", "পিরোজপুর"),
        ),
    ),
    Division(
        "chattogram",
        "Chattogram",
        "চট্টগ্রাম",
        (
            District("bandarban", "Bandarban", "বান্দরবান", DELIVERY_REMOTE_POISHA),
            District("brahmanbaria", "Brahmanbaria", "ব্রাহ্মণবাড়িয়া"),
            District("chandpur", "Chandpur", "চাঁদপুর"),
            District("chattogram", "Chattogram", "চট্টগ্রাম"),
            District("coxs-bazar", "Cox's Bazar", "কক্সবাজার"),
            District("cumilla", "Cumilla", "কুমিল্লা"),
            District("feni", "Feni", "ফেনী"),
            District("khagrachhari", "Khagrachhari", "খাগড়াছড়ি", DELIVERY_REMOTE_POISHA),
            District("lakshmipur", "Lakshmipur", "লক্ষ্মীপুর"),
            District("noakhali", "Noakhali", "নোয়াখালী"),
            District("rangamati", "Rangamati", "রাঙ্গামাটি", DELIVERY_REMOTE_POISHA),
        ),
    ),
    Division(
        "dhaka",
        "Dhaka",
        "ঢাকা",
        (
            District("dhaka", "Dhaka", "ঢাকা", DELIVERY_DHAKA_POISHA),
            District("faridpur", "Faridpur", "ফরিদপুর"),
            District("gazipur", "Gazipur", "গাজীপুর"),
            District("gopalganj", "Gopalganj", "গোপালগঞ্জ"),
            District("kishoreganj", "Kishoreganj", "কিশোরগঞ্জ"),
            District("madaripur", "Madaripur", "মাদারীপুর"),
            District("manikganj", "Manikganj", "মানিকগঞ্জ"),
            District("munshiganj", "Munshiganj", "মুন্সিগঞ্জ"),
            District("narayanganj", "Narayanganj", "নারায়ণগঞ্জ"),
            District("narsingdi", "Narsingdi", "নরসিংদী"),
            District("rajbari", "Rajbari", "রাজবাড়ী"),
            District("shariatpur", "Shariatpur", "শরীয়তপুর"),
            District("tangail", "Tangail", "টাঙ্গাইল"),
        ),
    ),
    Division(
        "khulna",
        "Khulna",
        "খুলনা",
        (
            District("bagerhat", "Bagerhat", "বাগেরহাট"),
            District("chuadanga", "Chuadanga", "চুয়াডাঙ্গা"),
            District("jashore", "Jashore", "যশোর"),
            District("jhenaidah", "Jhenaidah", "ঝিনাইদহ"),
            District("khulna", "Khulna", "খুলনা"),
            District("kushtia", "Kushtia", "কুষ্টিয়া"),
            District("magura", "Magura", "মাগুরা"),
            District("meherpur", "Meherpur", "মেহেরপুর"),
            District("narail", "Narail", "নড়াইল"),
            District("satkhira", "Satkhira", "সাতক্ষীরা"),
        ),
    ),
    Division(
        "mymensingh",
        "Mymensingh",
        "ময়মনসিংহ",
        (
            District("jamalpur", "Jamalpur", "জামালপুর"),
            District("mymensingh", "Mymensingh", "ময়মনসিংহ"),
            District("netrokona", "Netrokona", "নেত্রকোণা"),
            District("sherpur", "Sherpur", "শেরপুর"),
        ),
    ),
    Division(
        "rajshahi",
        "Rajshahi",
        "রাজশাহী",
        (
            District("bogura", "Bogura", "বগুড়া"),
            District("chapainawabganj", "Chapainawabganj", "চাঁপাইনবাবগঞ্জ"),
            District("joypurhat", "Joypurhat", "জয়পুরহাট"),
            District("naogaon", "Naogaon", "নওগাঁ"),
            District("natore", "Natore", "নাটোর"),
            District("pabna", "Pabna", "পাবনা"),
            District("rajshahi", "Rajshahi", "রাজশাহী"),
            District("sirajganj", "Sirajganj", "সিরাজগঞ্জ"),
        ),
    ),
    Division(
        "rangpur",
        "Rangpur",
        "রংপুর",
        (
            District("dinajpur", "Dinajpur", "দিনাজপুর"),
            District("gaibandha", "Gaibandha", "গাইবান্ধা"),
            District("kurigram", "Kurigram", "কুড়িগ্রাম"),
            District("lalmonirhat", "Lalmonirhat", "লালমনিরহাট"),
            District("nilphamari", "Nilphamari", "নীলফামারী"),
            District("panchagarh", "Panchagarh", "পঞ্চগড়"),
            District("rangpur", "Rangpur", "রংপুর"),
            District("thakurgaon", "Thakurgaon", "ঠাকুরগাঁও"),
        ),
    ),
    Division(
        "sylhet",
        "Sylhet",
        "সিলেট",
        (
            District("habiganj", "Habiganj", "হবিগঞ্জ"),
            District("moulvibazar", "Moulvibazar", "মৌলভীবাজার"),
            District("sunamganj", "Sunamganj", "সুনামগঞ্জ"),
            District("sylhet", "Sylhet", "সিলেট"),
        ),
    ),
)

DISTRICTS: Final[dict[str, District]] = {
    district.code: district for division in DIVISIONS for district in division.districts
}
DIVISION_OF: Final[dict[str, Division]] = {
    district.code: division for division in DIVISIONS for district in division.districts
}
