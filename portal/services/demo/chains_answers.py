"""What the papers of the longer stories say. All institutions and persons are invented."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from forms.bureau_custody_inspection import BureauCustodyInspection
from forms.contractor_monthly_inspection import ContractorMonthlyInspection
from forms.contractor_request_county import CHECKED
from portal.models import Case, Contractor, ContractorTerm
from portal.services.demo.answers import unidentified

Answers = dict[str, Any]
CONTACT = {"contact_name": "陈晓云", "contact_phone": "0854-7220113"}
STATION, HOME = "平塘县救助管理站", "平塘县社会福利院"
ADDRESS = "贵州省平塘县平舟镇新城路12号"
_VISITORS = [{"name": "王建国", "post": "救助管理站站长"}, {"name": "李小燕", "post": "民政局养老服务股"}]


# ---- custody ---------------------------------------------------------------------------------------------------


def _record(on: date) -> Answers:
    """What filing and request both state of an institution."""
    return {
        "serves": ["adult", "elderly", "disabled"],
        "licences": [
            {"name": "登记证书", "licence_no": "证第152272700123号", "expires_on": str(on + timedelta(days=1461))},
            {"name": "养老机构备案", "licence_no": "平民养备〔2024〕3号"},
            {"name": "消防验收（备案）材料", "licence_no": "平住建消验字〔2023〕第21号"},
            {"name": "食品经营许可证", "licence_no": "JY35227270012345", "expires_on": str(on + timedelta(days=118))},
        ],
        "beds": "120", "staff": "32", "carers": "18", "medics": "4", "site_visit_on": on - timedelta(days=6),
        "site_visitors": _VISITORS, "site_result": "fit", "term_from": on, "term_to": on + timedelta(days=730),
        "supervision_plan": "每月检查探视一次，每季度监督检查一次，费用按月核对结算。",
    }  # fmt: skip


def home(on: date) -> Answers:
    """The county's own welfare home."""
    return {
        **_record(on), "contractor_name": HOME, "uscc": "12522727MB1A23456C", "contractor_type": "public_welfare",
        "operator_type": "public", "quota": "15", "price_month": "2600.00", "selection_method": "single",
        "choice_reason": "该院分区照料条件较好，能承接生活不能完全自理的成年受助人员",
    }  # fmt: skip


def enterprise(on: date) -> Answers:
    """A company that runs a home for the elderly."""
    return {
        **_record(on), **dict.fromkeys(CHECKED, "yes"), "contractor_name": "平塘县云岭颐养服务有限公司",
        "uscc": "91522727MA6DK0001E", "contractor_type": "enterprise", "quota": "20", "price_month": "3000.00",
        "selection_method": "consultation", "term_from": on + timedelta(days=45), "reason": ["beds", "nursing"],
        "fund_source": "困难群众救助补助资金", "gov_consent": "yes",
        "county_opinion": "该机构证照齐全、照料规范，经局长办公会研究，拟选择其承接托养服务。",
    }  # fmt: skip


def forwarding(on: date) -> Answers:
    """The prefecture's own opinion."""
    return {
        "pref_check_method": "both", "pref_checked_on": on - timedelta(days=2), "pref_position": "agree",
        "pref_opinion": "该机构证照齐全、分区照料、消防和医疗条件符合要求，选择程序规范，价格合理",
    }  # fmt: skip


def agreement(on: date, term: ContractorTerm) -> Answers:
    """A year from the day of signing."""
    return {
        "agreement_no": f"平民托〔{on.year}〕1", "signed_on": on, "valid_from": on, "valid_to": on + timedelta(days=365),
        "beds": str(term.quota), "price_month": "2600.00", "signed_by_us": "杨国栋", "signed_by_them": "吴松年",
    }  # fmt: skip


def placement(on: date, contractor: Contractor) -> Answers:
    """Cannot live in the station without nursing."""
    return {
        "contractor": str(contractor.uuid), "category": "adult", "starts_on": on, "price_month": "2600.00",
        "fund_source": "困难群众救助补助资金", "why": "生活不能完全自理，需要长期护理，站内没有护理人员",
        "care_needs": "协助进食，防跌倒", "guardian_consent": "unknown", **CONTACT,
    }  # fmt: skip


def visit(on: date, rows: Sequence[Mapping[str, str]]) -> Answers:
    """Nothing wrong but the variety of breakfasts."""
    return {
        "month": f"{on:%Y-%m}", "inspected_on": on, "host": "吴松年", "inspectors": _VISITORS, "persons": rows,
        **dict.fromkeys(ContractorMonthlyInspection.items, "good"), "verdict": "good", "grave": "no", "findings": "无",
    }  # fmt: skip


def quarterly(on: date) -> Answers:
    """All in order."""
    return {
        "quarter": f"{on.year}-{(on.month + 2) // 3}", "inspected_on": on, "host": "吴松年",
        "inspectors": [{"name": "杨国栋", "post": "平塘县民政局副局长"}], "verdict": "good", "grave": "no", "findings": "无",
        **dict.fromkeys(BureauCustodyInspection.items, "good"),
    }  # fmt: skip


# ---- settlement ------------------------------------------------------------------------------------------------

NOTICE = {
    "height_cm": "165", "condition_text": "精神状况平稳，语言表达不清", "contact_org": STATION, "contact_phone": "0854-7221234",
    "channels": ["national_site", "wechat"],
}  # fmt: skip
DNA = {"checks_done": ["fingerprint", "face"], "sampling_place": STATION, "asks": ["dna", "face"]}
PLAN_ROW = {"support_org": HOME, "fund_source": "特困人员救助供养资金"}


def taken_in(number: int, admitted: datetime, county: str) -> Answers:
    """A person of whom a mental disorder is suspected: the ten days do not bind them (R-18)."""
    return {**unidentified(number, admitted, county), "mental_status": "suspected"}


def quick(admitted: datetime) -> Answers:
    """The quick check finds nothing."""
    return {
        "checked_at": admitted + timedelta(hours=1), "checked_by": "王建国", "police_officer": "陈志强",
        "checks_done": ["fingerprint", "face"], "course": "会同派出所采集指纹、人像比对，均未比中，口音疑似桂北。",
        "result": "not_confirmed",
    }  # fmt: skip


def no_match(on: date) -> Answers:
    """The police know nobody."""
    return {
        "answered_on": on,
        "result": "no_match",
        "sampled_on": on - timedelta(days=16),
        "face_result": "no_match",
    }


def birth(case: Case) -> date:
    """The day of birth proposed: some years above the lower estimate."""
    return date(case.admitted_at.year - (case.person.age_min or 60) - 3, 1, 1)


_NAMES = {"男": ("何平安", "何长顺", "何永康"), "女": ("何春晓", "何秋月", "何若兰")}


def name(case: Case) -> str:
    """The name proposed."""
    return _NAMES[case.person.sex][int(case.case_no[-1]) % 3]


def application(case: Case) -> Answers:
    """What the station proposes."""
    return {
        "care_place": "station", "disability": "未评定", "refresh_count": "3", "proposed_name": name(case),
        "inquiry_summary": "先后问询11次，本人能说“大河坝”“赶场”，核查惠水、罗甸两县同名村寨，均无相符的走失人员。",
        "proposed_birth": birth(case), "proposed_ethnicity": "布依族", "hukou_holder": STATION, "collective_household": "yes",
        "hukou_address": ADDRESS, "proposed_support": "centralised", "org_opinion": "情况属实，同意申请落户安置。",
    }  # fmt: skip


def plan(on: date) -> Answers:
    """How it is paid for and who was asked."""
    return {
        "hukou_basis": f"{STATION}{on.year}年{on.month}月同意函",
        "fund_plan": "年度所需供养资金由县财政按特困人员供养标准预算安排。",
        "dept_opinions": [
            {"department": "police", "opinion": "同意", "given_on": str(on - timedelta(days=3))},
            {"department": "finance", "opinion": "同意，资金按规定列支", "given_on": str(on - timedelta(days=2))},
        ],
    }  # fmt: skip


def approval(on: date) -> Answers:
    """The government agrees."""
    return {
        "reply_doc_no": f"平府函〔{on.year}〕30号",
        "reply_date": on - timedelta(days=3),
        "reply_received_on": on,
    }


def household(on: date, case: Case) -> Answers:
    """Registered, and the card in hand."""
    return {
        "result": "registered", "hukou_date": on - timedelta(days=6), "household_no": "522727000123", "reg_name": name(case),
        "sex": case.person.sex, "birth_date": birth(case), "ethnicity": "布依族", "hukou_address": ADDRESS,
        "id_card": "obtained", "id_card_date": on - timedelta(days=1),
    }  # fmt: skip


_ABLE = {
    **dict.fromkeys(("can_eat", "can_dress", "can_rise", "can_toilet"), "yes"),
    "can_walk": "no",
    "can_wash": "no",
}
_POOR = {"disability": "none", "incapacity_basis": "elder", "no_income": "yes", "no_supporter": "yes", **_ABLE,
         "support_form": "centralised", "support_org": HOME}  # fmt: skip


def inclusion(on: date) -> Answers:
    """To the township of the household."""
    return {"to_unit": "522727100", **_POOR, "from_month": f"{on:%Y-%m}"}


def confirmation(on: date) -> Answers:
    """Visited and posted by the township."""
    return {
        "accepted_on": on - timedelta(days=11), **_POOR, "visited_on": on - timedelta(days=10),
        "visitors": [{"name": "陆永福", "post": "平舟镇社会事务办主任"}, {"name": "韦小芳", "post": "社区网格员"}],
        "findings": f"本人在{HOME}生活，无收入、无财产，未发现亲属，愿意集中供养。",
        "posted_from": on - timedelta(days=9), "posted_to": on - timedelta(days=2), "objections": "无异议",
        "from_month": f"{on:%Y-%m}", "town_opinion": "符合特困人员认定条件，同意上报。",
    }  # fmt: skip


# ---- special groups --------------------------------------------------------------------------------------------

_ELDER: Answers = {
    "household": "unregistered", "sex": "女", "phone": "13800000001", "category": ["left_elder"], "welfare": ["dibao"],
    "guardianship": "no", "living": "alone", "housing": "safe", "harm": ["none"], "visitor": "陆小梅",
}  # fmt: skip
_CHILD: Answers = {
    **_ELDER, "sex": "男", "category": ["left_child"], "guardianship": "school", "school": "enrolled", "guardian_state": "fair",
    "guardian_name": "罗国安", "guardian_relation": "祖父", "guardian_phone": "13800000002", "living": "with_guardian",
}  # fmt: skip
RESIDENTS: tuple[Answers, ...] = (
    {**_ELDER, "name": "罗阿秀", "age": 76, "address": "京舟村大寨组12号", "housing": "danger"},
    {**_ELDER, "name": "岑三妹", "age": 81, "address": "乐康村下寨组3号", "needs": "希望有人代买降压药"},
    {**_CHILD, "name": "罗小军", "age": 11, "address": "京舟村大寨组7号", "harm": ["abuse"]},
    {**_CHILD, "name": "韦小满", "age": 9, "address": "乐康村上寨组15号", "welfare": ["none"],
     "not_covered_reason": "not_applied", "not_covered_note": "父母在外务工，祖父不知道可以申请"},
)  # fmt: skip


def resident(number: int, on: date) -> Answers:
    """The form of one resident; the year of birth follows from the age."""
    told = dict(RESIDENTS[number])
    return {**told, "birth_date": date(on.year - told.pop("age"), 2, 3), "visited_on": on}


def police_report(found: datetime) -> Answers:
    """Told at once."""
    return {
        "found_at": found, "place": "平舟镇京舟村大寨组", "reporter": "陆小梅", "reporter_phone": "13800000009",
        "seriousness": "injured", "what_happened": "入户走访时发现孩子手臂、背部有多处淤青，孩子说是被叔父用木棍打的",
        "suspect": "罗国平，叔父", "protection": "已把孩子接到村委会，由妇女主任陪护", "report_way": "110",
        "reported_at": found + timedelta(minutes=10), "police_unit": "平塘县公安局平舟派出所",
    }  # fmt: skip


def places(on: date) -> Answers:
    """Homes for the elderly, looked at by the county."""
    return {
        "theme": "places", "lead": "平塘县民政局", "members": "消防、住建、市场监管部门", "checked_on": on, "checker": "李小燕",
        "rows_checked": [
            {"subject": "平舟镇敬老院", "address": "平舟镇新城路5号", "result": "ok"},
            {"subject": "平舟镇夕阳红养老院", "address": "平舟镇河滨路8号", "result": "found", "kind": "场所消防",
             "detail": "疏散通道堆放杂物", "measure": "清理通道", "owner_name": "陆永福"},
        ],
        "complete": "no",
    }  # fmt: skip


HAZARD = {
    "purpose": "hazard", "to_unit": "other", "to_name": "平塘县消防救援大队", "found_by": "特殊群体关爱服务专项排查",
}  # fmt: skip


def monthly(on: date) -> Answers:
    """Seen at home, nothing new."""
    return {
        "visited_on": on, "visitor": "陆小梅", "way": "home", "seen": "yes", "situation": ["good"], "changed": "no",
        "harm": ["none"], "difficulty": "none",
    }  # fmt: skip
