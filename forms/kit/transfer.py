"""What the papers of a transfer to the central station share: relatives, beds, escorts, belongings, earlier papers.

Source: S0 三（二）1（2）; rules R-21 to R-36; fields of domain §3.3 to §3.5.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from forms.kit.blocks import HOSPITAL_FIRST, SEXES, WARDS
from forms.kit.facts import DocFacts, Facts, PersonFacts
from forms.kit.fields import ChoiceBox, SelectBox, TextBox
from forms.kit.phrases import Phrase
from forms.kit.rows import Row
from forms.kit.rules import Problem
from forms.kit.timespan import chinese_date, chinese_moment
from forms.kit.workdays import SHANGHAI, Calendar

CLAUSE = "S0 三（二）1（2）"
HOSPITAL_CLAUSE = "S0 三（二）2（5）；民发〔2014〕132号；先救治、后救助"
MINOR_CLAUSE = "S0 三（二）2（3）；未成年人保护法第92、93条；A-09"
EMERGENCY_REASONS = [
    ("disaster", "自然灾害"),
    ("violence", "家庭暴力"),
    ("guardian_harm", "监护侵害"),
    ("other", "其他"),
]
LACKING = [
    ("no_bed", "无站内床位"),
    ("no_ward", "无分区照料条件"),
    ("no_women_ward", "无女性（儿童）照料区"),
    ("no_duty", "无值守人员"),
    ("no_medic", "无医护条件"),
    ("closed", "站房停用（维修）"),
    ("other", "其他"),
]
IDENTIFIED_BY = [
    ("self", "本人自述经核实"),
    ("card", "身份证件"),
    ("fingerprint", "指纹比对"),
    ("face", "人脸识别"),
    ("relative", "亲属指认"),
    ("police", "公安核查"),
    ("station", "异地救助机构核实"),
]
ACUTE_SIGNS = [
    ("none", "无"),
    ("fever", "发热（38.5℃以上）"),
    ("acute", "急病或未处理的外伤"),
    ("critical", "危重"),
    ("infectious", "疑似传染病"),
    ("mental", "急性精神症状（自伤、伤人等）"),
]
#: The twelve counties by GB/T 2260 (§1.3); the bureau's unit code is the region code with -bureau.
COUNTIES = [
    ("522701", "都匀市"), ("522702", "福泉市"), ("522722", "荔波县"), ("522723", "贵定县"), ("522725", "瓮安县"),
    ("522726", "独山县"), ("522727", "平塘县"), ("522728", "罗甸县"), ("522729", "长顺县"), ("522730", "龙里县"),
    ("522731", "惠水县"), ("522732", "三都水族自治县"),
]  # fmt: skip
GROUNDS = [("emergency", "临时应急情形"), ("infrastructure", "站内设施不足情形")]
RELATIONS = (
    "子女",
    "母亲",
    "父亲",
    "配偶",
    "祖父母（外祖父母）",
    "孙子女（外孙子女）",
    "兄弟姐妹",
    "其他监护人",
    "被监护人",
)
#: Relations in which an adult companion can be the guardian of the person (民法典 27).
GUARDIANS = frozenset({"母亲", "父亲", "祖父母（外祖父母）", "兄弟姐妹", "其他监护人"})
#: Relations in which a minor companion can be in the care of the person.
CHARGES = frozenset({"子女", "孙子女（外孙子女）", "兄弟姐妹", "被监护人"})
WARD_WORDS = dict(WARDS)
WARD_OF_SEX = {"男": "male", "女": "female"}
TO_CHILD_HOME: Any = {"remedy": "请办理《未成年人转移州儿童福利院函》", "remedy_paper": "minor_transfer_letter"}


class Companion(Row):
    """A relative who comes along; each has an own case."""

    case_no = TextBox("救助编号", required=True, most=16)
    relation = SelectBox("与受助人员关系", [(word, word) for word in RELATIONS], required=True)


class Lodged(Companion):
    """A companion with the bed they get."""

    bed = SelectBox("床位", required=True)


class Arrived(Lodged):
    """A companion as they came through the door."""

    body_check = TextBox("体温和体表", required=True, most=60)


class Escort(Row):
    """One of the escorts."""

    name = TextBox("姓名", required=True, most=30)
    sex = ChoiceBox("性别", SEXES, required=True)
    post = TextBox("单位及职务", most=40)


# ---- companions and beds ------------------------------------------------------------------------------------


def relations_of(rows: Iterable[Any]) -> list[str]:
    """Return how the companions of a rows box are related, for the wording of the letters."""
    return [str(row.relation.data) for row in rows if row.relation.data]


def guardian_comes(facts: Facts, rows: Iterable[Any]) -> bool:
    """Tell whether one of the companions is an adult guardian of the person (R-26)."""
    return any(
        (found := facts.others.get(row.case_no.data)) is not None
        and row.relation.data in GUARDIANS
        and not found.minor_on(facts.today)
        for row in rows
    )


def ward_of(facts: Facts, bed: str | None) -> str:
    """Return the ward of a free bed, empty when it is not free."""
    return next((ward for ward, beds in facts.free_beds.items() if bed in beds), "")


def bed_choices(facts: Facts) -> list[tuple[str, str]]:
    """Return every free bed with its ward: 女201 → 女区 女201."""
    return [
        (bed, Phrase("%(ward)s　%(bed)s", ward=Phrase(WARD_WORDS[ward]), bed=bed))
        for ward, _ in WARDS
        for bed in facts.free_beds.get(ward, ())
    ]


def first_bed(facts: Facts, person: PersonFacts) -> dict[str, str]:
    """Suggest ward and bed: the minors' ward for a minor, else the ward of the person's sex."""
    ward = "minor" if person.minor_on(facts.today) else WARD_OF_SEX.get(person.sex, "")
    beds = facts.free_beds.get(ward, ())
    return {"ward": ward, "bed": beds[0]} if beds else {"ward": ward}


def bed_problems(facts: Facts, ward: str | None, bed: str | None) -> Iterator[Problem]:
    """R-33: a free bed in a ward of the person's sex; the observation ward takes both, minors' wards are R-26."""
    person = facts.person
    if ward in WARD_OF_SEX.values() and not person.minor_on(facts.today) and ward != WARD_OF_SEX.get(person.sex):
        yield Problem(f"受助人员为{person.sex}性，不能安排在{WARD_WORDS[str(ward)]}", "ward")
    if ward and not facts.free_beds.get(ward):
        yield Problem(
            f"{WARD_WORDS.get(ward, ward)}没有空床位", "bed", remedy="请先腾出床位，或选其他合适的照料区"
        )
    elif ward and bed and bed not in facts.free_beds[ward]:
        yield Problem(f"{bed}不是{WARD_WORDS.get(ward, ward)}的空床位，请重新选择", "bed")


def companion_bed_problems(
    facts: Facts, ward: str | None, bed: str | None, rows: Iterable[Any]
) -> Iterator[Problem]:
    """R-33 and R-26 for those who come along: an own free bed; a child with the guardian or among minors."""
    taken = {bed}
    for row in rows:
        found, theirs = facts.others.get(row.case_no.data), ward_of(facts, row.bed.data)
        name = (found.display_name if found else "") or row.case_no.data
        if not row.bed.data:
            continue
        if row.bed.data in taken:
            yield Problem(f"床位{row.bed.data}安排了两个人，请重新选择", "companions")
        taken.add(row.bed.data)
        if found is None or not theirs:
            continue
        minor = found.minor_on(facts.today)
        if minor and theirs not in {"minor", ward}:
            yield Problem(f"{name}是未成年人，应与监护人同区，或安排在未成年人区", "companions")
        if not minor and theirs not in {WARD_OF_SEX.get(found.sex), "observation"}:
            yield Problem(f"{name}为{found.sex}性，不能安排在{WARD_WORDS[theirs]}", "companions")


def hospital_problems(facts: Facts, signs: Sequence[str], onset: date | None) -> Iterator[Problem]:
    """R-36: whoever needs a hospital goes there first; its paper must be dated after the onset."""
    now = set(signs) - {"none"}
    if "none" in signs and now:
        yield Problem("选了“无”，不能再选其他情形，请核对", "acute_signs")
    ill = HOSPITAL_FIRST & set(facts.person.health) or now
    if ill and "hospital_clearance" not in facts.attached:
        yield Problem(
            "该人员有急病、危重、疑似传染病或急性精神症状，须先送医救治",
            "acute_signs",
            remedy="请送定点医院；治疗后上传医院出具的可以转移的证明",
            remedy_paper="medical_referral",
        )
    admitted = facts.person.admitted_at
    since = onset or (admitted.astimezone(SHANGHAI).date() if admitted else None)
    cleared = facts.attached_dates.get("hospital_clearance")
    if ill and cleared and since and not since <= cleared <= facts.today:
        yield Problem(
            "医院证明的日期应在发病之后、不晚于今天，请上传治疗后的证明", "attachment-hospital_clearance"
        )


def fever_problems(facts: Facts, temperature: Any) -> Iterator[Problem]:
    """R-36: whoever comes with a high fever goes to hospital, unless its paper allows the stay ([D] degrees)."""
    limit = int(facts.settings.get("fever_tenths", 385)) / 10
    hot = temperature.data is not None and limit <= float(temperature.data) <= temperature.most
    if hot and "hospital_clearance" not in facts.attached:
        yield Problem(
            f"体温{temperature.printed}，须先送医救治，不能直接接收",
            temperature.name,
            remedy="请立即送医；已就诊的，上传医院出具的可以转移的证明",
            remedy_paper="medical_referral",
        )


# ---- who brings and what is brought ------------------------------------------------------------------------


def escort_problems(facts: Facts, rows: Sequence[Any], field: str) -> Iterator[Problem]:
    """R-27, R-30: at least two escorts, one of them a woman for a woman ([D] number)."""
    least = int(facts.settings.get("escorts_least", 2))
    if len(rows) < least:
        yield Problem(f"护送人员不少于{least}人，现填{len(rows)}人", field)
    if facts.person.sex == "女" and not any(row.sex.data == "女" for row in rows):
        yield Problem("受助人员为女性，护送人员中至少有1名女性", field)


# ---- earlier papers of this transfer -----------------------------------------------------------------------


def since_return(facts: Facts, code: str) -> DocFacts | None:
    """Return the newest live paper of a kind that belongs to the present transfer, not to one already ended by P-17."""
    found, gone = facts.latest(code), facts.issued("center_return_handover")
    return found if found is not None and (gone is None or found.id > gone.id) else None


def intake_of(facts: Facts) -> DocFacts | None:
    """Return the 应急先行接收记录 that brought the person to the station before any letter (R-31)."""
    return since_return(facts, "emergency_intake")


def accepted_by(facts: Facts) -> DocFacts | None:
    """Return the issued reply that accepts the person, None when there is none."""
    reply = since_return(facts, "transfer_reply")
    return reply if reply is not None and reply.issued and reply.answers.get("decision") == "accept" else None


def handover_of(facts: Facts) -> DocFacts | None:
    """Return the completed handover by which the person came to the station, None when refused or not yet."""
    sheet = since_return(facts, "transfer_handover")
    return sheet if sheet is not None and sheet.issued and sheet.answers.get("result") == "accept" else None


def asked_rows(request: DocFacts | None) -> list[dict[str, Any]]:
    """Return the companions named in the request."""
    rows = request.answers.get("companions", ()) if request else ()
    return [dict(row) for row in rows if isinstance(row, Mapping)]


def tracing_state(facts: Facts) -> str:
    """Tell how far tracing and DNA have come, for the handover sheets (§3.5 tracing_state)."""
    if facts.person.identified:
        return "身份已查明"
    notice, asked, answer = (
        facts.published_notice,
        facts.issued("dna_request"),
        facts.issued("police_check_result"),
    )
    request = since_return(facts, "transfer_request")
    sampled = (request.answers.get("dna_sampled_on") if request else "") or (
        answer.answers.get("sampled_on", "") if answer else ""
    )
    words = [
        f"寻亲公告（{notice.doc_no}）已于{moment_text(notice.sent_at)}发布" if notice else "寻亲公告未发布",
        f"DNA报请函（{asked.doc_no}）已发出" if asked else "DNA未报请",
    ]
    if sampled:
        words.append(f"{chinese_date(date.fromisoformat(str(sampled)))}已采集DNA")
    if answer:
        words.append("公安机关已反馈核查结果")
    return "；".join(words)


def moment_text(at: datetime | None) -> str:
    """Write a moment in Shanghai time as letters do; two blanks while unknown."""
    return chinese_moment(at.astimezone(SHANGHAI)) if at else "　　"


def typed_moment(stored: Any) -> str:
    """Write a moment as another paper stored it (2026-07-11T22:00) as letters do."""
    return moment_text(datetime.fromisoformat(str(stored)).replace(tzinfo=SHANGHAI)) if stored else "　　"


def outside_office_hours(at: datetime, facts: Facts) -> bool:
    """Tell whether a moment is outside office hours: not a working day, before opening or after closing ([D] hours)."""
    local = at.astimezone(SHANGHAI)
    worked = facts.working_day if local.date() == facts.today else Calendar.published().is_working(local.date())
    opens, closes = int(facts.settings.get("office_opens", 9)), int(facts.settings.get("office_closes", 17))
    return not worked or not opens <= local.hour < closes


#: Boxes of the admission form that the record of a night's reception already answers.
_SEEN_AT_NIGHT = (
    "identity_status", "name", "alias", "id_number", "sex", "age_min", "age_max", "hukou_address", "found_place",
    "mental_status", "health", "belongings",
)  # fmt: skip
#: Who brought the person, and why at night: where both forms say it with the same word, or another.
_SOURCES = frozenset({"police", "city_management", "public", "self"})
_REASONS = {
    "disaster": "disaster",
    "violence": "family_violence",
    "guardian_harm": "guardian_harm",
    "other": "other",
}


def registered_from_night(facts: Facts) -> dict[str, Any]:
    """Return what an admission form takes over from 应急先行接收 of the same person; empty where there was none (R-31)."""
    night = facts.latest("emergency_intake")
    if night is None:
        return {}
    told = night.answers
    source = str(told.get("brought_by", ""))
    return {
        **{box: told[box] for box in _SEEN_AT_NIGHT if told.get(box)},
        "birth_date": facts.person.birth_date,
        "admitted_at": told.get("arrived_at", ""),
        "admission_source": source if source in _SOURCES else "",
        "help_reason": [_REASONS[key] for key in told.get("emergency_reason", ()) if key in _REASONS],
    }
