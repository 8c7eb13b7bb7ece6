"""The province, the prefecture and its twelve counties (GB/T 2260, in the order of the code; domain 1.3)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative division and what its papers need to know of it.

    `self_word` is how its organs call themselves in a letter (我县, 我市, 我州). `sign` is the word that
    stands for the county in a 发文机关代字 (平民函). `infra_weak` marks the four counties whose rescue
    facilities are weak (S0 三（二）1（2）); `child_home` says whether it has a child welfare home of its own
    (S0 三（二）2（3）).
    """

    code: str
    name: str
    slug: str
    self_word: str
    sign: str
    infra_weak: bool = False
    child_home: bool = False

    @property
    def short_name(self) -> str:
        """The name for lists and menus, where the nationality is left out; papers print the full name."""
        return {"522700": "黔南州", "522732": "三都县"}.get(self.code, self.name)


PROVINCE: Final = Region("520000", "贵州省", "guizhou", "我省", "黔")
PREFECTURE: Final = Region("522700", "黔南布依族苗族自治州", "qiannan", "我州", "黔南", child_home=True)

COUNTIES: Final = (
    Region("522701", "都匀市", "duyun", "我市", "匀"),
    Region("522702", "福泉市", "fuquan", "我市", "福"),
    Region("522722", "荔波县", "libo", "我县", "荔"),
    Region("522723", "贵定县", "guiding", "我县", "贵", infra_weak=True),
    Region("522725", "瓮安县", "wengan", "我县", "瓮"),
    Region("522726", "独山县", "dushan", "我县", "独"),
    Region("522727", "平塘县", "pingtang", "我县", "平", infra_weak=True),
    Region("522728", "罗甸县", "luodian", "我县", "罗", infra_weak=True),
    Region("522729", "长顺县", "changshun", "我县", "长"),
    Region("522730", "龙里县", "longli", "我县", "龙"),
    Region("522731", "惠水县", "huishui", "我县", "惠"),
    Region("522732", "三都水族自治县", "sandu", "我县", "三", infra_weak=True),
)
