"""The texts behind the clauses, by the short tags papers cite them with; and a clause written out for people to read."""

import re
from collections.abc import Mapping
from types import MappingProxyType

#: Tag of a source → its name as an office cites it. The tags stand in rules and limits, never on a page.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "S0": "区域中心站实施方案",
        "S3-1": "寒冬送温暖专项行动方案",
        "S3-3": "寒冬救助工作方案",
        "S3-4": "春节走访慰问方案",
        "S4": "特殊群体关爱服务实施方案",
        "381号令": "城市生活无着的流浪乞讨人员救助管理办法",
        "条例": "党政机关公文处理工作条例",
        "认定办法": "特困人员认定办法",
        "细则": "救助管理办法实施细则",
        "实施细则": "救助管理办法实施细则",
    }
)
_TAG = re.compile("|".join(sorted((re.escape(tag) for tag in SOURCES), key=len, reverse=True)))


def cited(clause: str) -> str:
    """Write a clause out: S0 三（二）1（2） becomes 《区域中心站实施方案》三（二）1（2）.

    What only the house decided (A-12, §3.7) is left out.
    """
    parts = []
    for part in clause.split("；"):
        text = part.strip()
        if text.startswith("§") or re.fullmatch(r"A-\d+", text):
            continue
        found = _TAG.match(text)
        if found:
            rest = text[found.end() :].strip()
            rest = f"第{rest}条" if re.fullmatch(r"\d+(?:、\d+)*", rest) else rest
            text = f"《{SOURCES[found[0]]}》{rest}"
        parts.append(text)
    return "；".join(parts)
