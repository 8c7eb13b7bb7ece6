"""定点医疗机构监督检查记录 — once a quarter: are the people brought there treated well and billed rightly? (P-50)"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from forms.kit.chains import FORM, Milestone
from forms.kit.effects import Needed, Settles, Starts
from forms.kit.faces import Stamp, table_face
from forms.kit.facts import Facts
from forms.kit.fields import ChoiceBox, DateBox, IntBox, LongTextBox, TextBox, YesNoBox, when
from forms.kit.medical import CLAUSE
from forms.kit.paper import About, Genre, Paper, Section
from forms.kit.rules import Problem, rule
from forms.kit.sheets import cells, fields, ink, whole_row

ITEMS = {
    "treats_first": "先救治、后结算，不推诿拒收",
    "wards": "分类收治，床位和看护符合要求",
    "medicine": "按规范诊疗、用药，无过度检查治疗",
    "insurance": "出院时核查参保情况，医保先行支付",
    "bills": "收费明细与病历相符，票据齐全",
    "records": "住院、出院登记和病历完整",
    "handover": "出院及时通知救助机构，书面交接",
    "safety": "消防、食品、防走失措施到位",
}
FAILED = when("result", "nearly", "failed")


class HospitalInspection(Paper):
    """定点医疗机构监督检查记录, S0 三（二）2（5）: 县级民政部门定期对定点医疗机构进行监督检查; each quarter [D]."""

    number, code, title = "P-50", "hospital_inspection", "定点医疗机构监督检查记录"
    genre, chain = Genre.FORM, FORM
    clause = CLAUSE
    about, thread_box = About.ORGAN, "hospital"
    drafted_in = frozenset({"county_bureau", "central_station", "prefecture_bureau"})

    hospital = TextBox("医疗机构", required=True, least=4, most=60, wide=True, help="写医院全称，各季度保持一致")
    inspected_on = DateBox("检查日期", required=True)
    inspectors = TextBox("检查人员", required=True, most=60, help="不少于2人，用“、”隔开")
    patients = IntBox("在院受助人员", required=True, most=999, unit="人")
    seen = IntBox("探视人数", required=True, most=999, unit="人")
    bills_checked = IntBox("抽查结算单", required=True, most=999, unit="份")
    treats_first, wards, medicine, insurance, bills, records, handover, safety = (
        YesNoBox(words, required=True, prints=False, wide=True) for words in ITEMS.values()
    )
    result = ChoiceBox(
        "检查结论",
        [("passed", "符合要求"), ("nearly", "基本符合，需改进"), ("failed", "不符合")],
        required=True,
        wide=True,
    )
    findings = LongTextBox("发现的问题", required=True, least=5, most=500, shown_when=FAILED)
    rectify = LongTextBox("整改要求", required=True, least=5, most=300, shown_when=FAILED)
    rectify_by = DateBox("整改期限", required=True, shown_when=FAILED)
    earlier = LongTextBox("上次问题整改情况", most=300)

    sections = (
        Section("检查", ("hospital", "inspected_on", "inspectors", "patients", "seen", "bills_checked")),
        Section("检查内容", tuple(ITEMS)),
        Section("结论", ("result", "findings", "rectify", "rectify_by", "earlier")),
    )
    checklist = (Needed("photos", "检查照片、抽查材料", required=False),)
    starts = (Starts("hospital_inspection_due", Milestone.COMPLETED, "next_quarter"),)
    settles = (Settles("hospital_inspection_due", Milestone.COMPLETED, at="inspected_on"),)

    @classmethod
    def prefill(cls, facts: Facts) -> dict[str, Any]:
        """Suggest today and the hospital of the county."""
        hospital = facts.county.get("hospital") or facts.prefecture.get("hospital")
        return {"inspected_on": facts.today, "hospital": hospital.name if hospital else ""}

    def due_trigger(self, starts: Starts, facts: Facts) -> Any:
        """The next inspection is due in the quarter after the one inspected."""
        if starts.trigger == "next_quarter":
            day = self.inspected_on.data
            return next_quarter(day) if day else None
        return super().due_trigger(starts, facts)

    @rule("P-50", clause=CLAUSE)
    def the_record_is_sound(self, facts: Facts) -> Iterator[Problem]:
        """检查日期不晚于今天；检查人员不少于2人；探视人数不超过在院人数."""
        if self.inspected_on.data and self.inspected_on.data > facts.today:
            yield Problem("检查日期不能晚于今天", "inspected_on")
        names = [name for name in (self.inspectors.data or "").replace("，", "、").split("、") if name.strip()]
        if self.inspectors.data and len(names) < 2:
            yield Problem("检查人员不少于2人，用“、”隔开", "inspectors")
        if self.seen.data is not None and self.patients.data is not None and self.seen.data > self.patients.data:
            yield Problem("探视人数不能超过在院受助人员人数", "seen")

    @rule("P-50", clause=CLAUSE)
    def the_result_follows_the_items(self, facts: Facts) -> Iterator[Problem]:
        """有不符合的项目，结论不能为符合要求；整改期限在检查之后."""
        failed = [words for name, words in ITEMS.items() if self[name].data == "no"]
        if failed and self.result.data == "passed":
            yield Problem(f"有{len(failed)}项不符合，结论不能选“符合要求”，请写明问题和整改要求", "result")
        day, until = self.inspected_on.data, self.rectify_by.data
        if self.rectify_by.shown(self) and day and until and until < day:
            yield Problem("整改期限不能早于检查日期", "rectify_by")

    def heading(self, facts: Facts) -> str:
        """Name the hospital."""
        return f"{self.title}（{self.hospital.data}）" if self.hospital.data else self.title

    def face(self, facts: Facts, stamp: Stamp) -> dict[str, Any]:
        """Print the items with ticks, and room for the hospital's signature."""
        face = table_face(self, facts, stamp)
        first = ["inspected_on", "inspectors", "patients", "seen", "bills_checked"]
        last = [name for name in ("findings", "rectify", "rectify_by", "earlier") if self[name].shown(self)]
        ticks = [
            {"text": words, "ok": {"yes": True, "no": False}.get(self[name].data)} for name, words in ITEMS.items()
        ]
        hospital = [whole_row("医疗机构", self.hospital.printed)]
        face["blocks"] = [
            fields("检查", hospital, cells(self, first)),
            {"kind": "ticks", "heading": "检查内容", "items": ticks},
            fields("结论", cells(self, ["result", *(name for name in last if not self[name].empty)])),
            ink("医疗机构负责人（签名）", "检查人员（签名）"),
        ]
        return face


def next_quarter(day: date) -> date:
    """Return the first day of the quarter after the one a day lies in."""
    quarter = (day.month - 1) // 3
    return date(day.year + quarter // 3, (quarter + 1) % 4 * 3 + 1, 1)
