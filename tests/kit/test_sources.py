"""Clauses are written out with the names of their texts; no page shows a tag."""

import re

import pytest

from forms.catalog import ALL
from forms.kit.limits import LIMITS
from forms.kit.sources import cited


@pytest.mark.parametrize(
    ("clause", "written"),
    [
        ("S0 三（二）1（2）", "《区域中心站实施方案》三（二）1（2）"),
        (
            "S0 三（二）2（2）；S3-1 五（三）",
            "《区域中心站实施方案》三（二）2（2）；《寒冬送温暖专项行动方案》五（三）",
        ),
        ("S0 三（二）1（2）；A-12", "《区域中心站实施方案》三（二）1（2）"),
        ("381号令第6条", "《城市生活无着的流浪乞讨人员救助管理办法》第6条"),
        ("条例 8、14", "《党政机关公文处理工作条例》第8、14条"),
        ("民发〔2015〕158号", "民发〔2015〕158号"),
        ("", ""),
    ],
)
def test_a_clause_names_its_text(clause: str, written: str) -> None:
    assert cited(clause) == written


def test_no_clause_shows_a_tag() -> None:
    clauses = {limit.clause for limit in LIMITS.values()} | {law.clause for paper in ALL for law in paper.rules()}
    clauses |= {paper.clause for paper in ALL}
    tags = re.compile(r"\b[SRAP]\d?-?\d+\b|§")
    assert [clause for clause in sorted(clauses) if tags.search(cited(clause))] == []
