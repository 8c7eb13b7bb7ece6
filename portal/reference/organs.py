"""The organs papers come from and go to, parents before children (domain 1.1, 1.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from portal.reference.regions import COUNTIES, PREFECTURE, PROVINCE, Region
from portal.reference.townships import TOWNSHIPS, VILLAGES

Kind = Literal[
    "province",
    "prefecture_bureau",
    "central_station",
    "child_home",
    "county_bureau",
    "county_station",
    "government",
    "police",
    "city_management",
    "hospital",
    "township",
    "village",
]

#: Organs whose people sign in; the others receive letters, and the sender records their answers (domain 1.1).
IN_PORTAL: Final[frozenset[Kind]] = frozenset(
    {
        "province",
        "prefecture_bureau",
        "central_station",
        "county_bureau",
        "county_station",
        "township",
        "village",
    }
)

GOVERNMENT_SEAL_MM: Final = 45  # prefecture and county governments, 国发〔1999〕25号
OTHER_SEAL_MM: Final = 42  # townships by the same rule; bureaus and stations unless they say otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """One organ.

    `code` never changes and is what files and demo data refer to: region and function (`522727-bureau`).
    `letter_codes` maps the last word of a 发文机关代字 to the whole (函 → 平民函): 函 numbers letters and
    replies, 呈 what goes upward (请示, 报告), 发 documents in file format. They are proposals: an organ
    confirms its own before the first number is drawn. `seal_diameter_mm` is the space left free for the seal.
    `phone` is the organ's to fill in.
    """

    code: str
    name: str
    short_name: str
    kind: Kind
    region_code: str
    parent_code: str | None
    self_word: str
    infra_weak: bool = False
    child_home: bool = False
    seal_diameter_mm: int = OTHER_SEAL_MM
    letter_codes: dict[str, str] = field(default_factory=dict)
    phone: str = ""

    @property
    def in_portal(self) -> bool:
        """Whether its people sign in here."""
        return self.kind in IN_PORTAL


def _above_the_counties() -> Iterator[Organ]:
    region, word = PREFECTURE.code, PREFECTURE.self_word
    yield Organ(
        code="520000-department",
        name="贵州省民政厅",
        short_name="省民政厅",
        kind="province",
        region_code=PROVINCE.code,
        parent_code=None,
        self_word=PROVINCE.self_word,
        letter_codes={"函": "黔民函"},
    )
    yield Organ(
        code="522700-government",
        name="黔南布依族苗族自治州人民政府",
        short_name="黔南州人民政府",
        kind="government",
        region_code=region,
        parent_code=None,
        self_word=word,
        seal_diameter_mm=GOVERNMENT_SEAL_MM,
    )
    yield Organ(
        code="522700-bureau",
        name="黔南布依族苗族自治州民政局",
        short_name="黔南州民政局",
        kind="prefecture_bureau",
        region_code=region,
        parent_code="520000-department",
        self_word=word,
        child_home=PREFECTURE.child_home,
        letter_codes={"函": "黔南民函", "呈": "黔南民呈", "发": "黔南民发"},
    )
    yield Organ(
        code="522700-station",
        name="黔南州救助管理站",
        short_name="州救助管理站",
        kind="central_station",
        region_code=region,
        parent_code="522700-bureau",
        self_word=word,
        letter_codes={"函": "黔南救站函"},
    )
    yield Organ(
        code="522700-child-home",
        name="黔南州儿童福利院",
        short_name="州儿童福利院",
        kind="child_home",
        region_code=region,
        parent_code="522700-bureau",
        self_word=word,
        child_home=True,
    )
    yield Organ(
        code="522700-hospital",
        name="黔南布依族苗族自治州人民医院",
        short_name="黔南州人民医院",
        kind="hospital",
        region_code=region,
        parent_code="522700-government",
        self_word=word,
    )


def _of_county(county: Region) -> Iterator[Organ]:
    at, name, short, word = county.code, county.name, county.short_name, county.self_word
    government, bureau = f"{at}-government", f"{at}-bureau"
    yield Organ(
        code=government,
        name=f"{name}人民政府",
        short_name=f"{short}人民政府",
        kind="government",
        region_code=at,
        parent_code="522700-government",
        self_word=word,
        seal_diameter_mm=GOVERNMENT_SEAL_MM,
    )
    yield Organ(
        code=bureau,
        name=f"{name}民政局",
        short_name=f"{short}民政局",
        kind="county_bureau",
        region_code=at,
        parent_code="522700-bureau",
        self_word=word,
        infra_weak=county.infra_weak,
        child_home=county.child_home,
        letter_codes={"函": f"{county.sign}民函", "呈": f"{county.sign}民呈"},
    )
    yield Organ(
        code=f"{at}-station",
        name=f"{name}救助管理站",
        short_name=f"{short}救助站",
        kind="county_station",
        region_code=at,
        parent_code=bureau,
        self_word=word,
        infra_weak=county.infra_weak,
    )
    yield Organ(
        code=f"{at}-police",
        name=f"{name}公安局",
        short_name=f"{short}公安局",
        kind="police",
        region_code=at,
        parent_code=government,
        self_word=word,
    )
    yield Organ(
        code=f"{at}-city-management",
        name=f"{name}综合行政执法局",
        short_name=f"{short}综合执法局",
        kind="city_management",
        region_code=at,
        parent_code=government,
        self_word=word,
    )
    yield Organ(
        code=f"{at}-hospital",
        name=f"{name}人民医院",
        short_name=f"{short}人民医院",
        kind="hospital",
        region_code=at,
        parent_code=government,
        self_word=word,
    )


def _below_the_counties() -> Iterator[Organ]:
    counties = {county.code: county for county in COUNTIES}
    for code, name in TOWNSHIPS.items():
        county = counties[code[:6]]
        is_subdistrict = code[6] == "0"
        full = f"{county.name}{name}{'办事处' if is_subdistrict else '人民政府'}"
        word = "我街道" if is_subdistrict else f"我{name[-1]}"
        yield Organ(
            code=code,
            name=full,
            short_name=name,
            kind="township",
            region_code=county.code,
            parent_code=f"{county.code}-bureau",
            self_word=word,
        )
        for number, village in enumerate(VILLAGES.get(code, ()), start=1):
            yield Organ(
                code=f"{code}-{number:02}",
                name=f"{county.name}{name}{village}村民委员会",
                short_name=village,
                kind="village",
                region_code=county.code,
                parent_code=code,
                self_word="我村",
            )


def _all() -> Iterator[Organ]:
    yield from _above_the_counties()
    for county in COUNTIES:
        yield from _of_county(county)
    yield from _below_the_counties()


ORGANS: Final = tuple(_all())
