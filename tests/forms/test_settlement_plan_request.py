"""P-39 落户安置方案的请示: who may stand in a plan, what the government reads, and the table behind the letter."""

from dataclasses import replace
from typing import Any

import pytest

from forms.kit.chains import PRINCIPAL, Milestone
from forms.kit.faces import Stamp
from forms.kit.facts import DocFacts, Facts, Member, PersonFacts
from forms.kit.paper import About, Genre
from forms.kit.rules import Level
from forms.settlement_plan_request import SettlementPlanRequest
from tests.forms import settlement_sample as chain
from tests.forms.sample import facts, organ

MAN_NO, WOMAN_NO = chain.CASE_NO, chain.SECOND.case_no
SAMPLE: dict[str, Any] = {
    "plan_rows": [
        {
            "case_no": MAN_NO,
            "support_org": "平塘县社会福利院",
            "fund_source": "特困人员救助供养资金",
        },
        {
            "case_no": WOMAN_NO,
            "support": "dispersed",
            "support_org": "平塘县松柏苑养老服务中心",
            "fund_source": "特困人员救助供养资金",
        },
    ],
    "hukou_basis": "平塘县救助管理站2026年6月25日、平塘县社会福利院2026年6月26日同意函",
    "fund_plan": "年度所需供养资金由县财政按特困人员供养标准预算安排。",
    "dept_opinions": [
        {"department": "police", "opinion": "同意", "given_on": "2026-06-29"},
        {"department": "finance", "opinion": "同意，资金按规定列支", "given_on": "2026-06-30"},
    ],
    "contact_name": "罗春和",
    "contact_phone": "0854-7221234",
}
MEMBERS = {
    MAN_NO: chain.member(),
    WOMAN_NO: chain.member(chain.NOTICE, chain.DNA, chain.POLICE, chain.SECOND_APPLICATION, person=chain.SECOND),
}


def known(**changes: Any) -> Facts:
    nobody = PersonFacts(case_no="", region_code="522727")
    return facts(**{"now": "2026-07-01 10:00", "person": nobody, "members": MEMBERS,
                    "attached": frozenset({"household_consent"}), "counterpart": organ("522727-government"),
                    **changes})  # fmt: skip


def paper(of: Facts | None = None, **changes: Any) -> SettlementPlanRequest:
    return SettlementPlanRequest.read({**SAMPLE, **changes}, of or known())


def sentences(of: Facts | None = None, **changes: Any) -> list[str]:
    return [problem.sentence for problem in paper(of, **changes).problems(of or known())]


def with_papers(*docs: DocFacts) -> Facts:
    return known(members={**MEMBERS, MAN_NO: chain.member(*chain.CHAIN[:4], *docs)})


def test_a_full_plan_has_nothing_against_it() -> None:
    assert sentences() == []
    kind = SettlementPlanRequest
    assert (kind.genre, kind.chain, kind.about) == (Genre.REQUEST, PRINCIPAL, About.PERSONS)
    assert (kind.persons_box, kind.persons_from) == ("plan_rows", "settlement_application")


def test_rows_take_from_the_application_what_was_not_typed() -> None:
    man, woman = paper().plan_rows.rows
    assert man.name.data == "何平安"
    assert man.birth.printed == "1964年6月1日"
    assert (man.sex.data, man.health.data, man.hukou_holder.data) == ("男", "慢性病、行动不便", "平塘县救助管理站")
    assert (woman.name.data, woman.hukou_holder.data) == ("欧阳春晓", "平塘县社会福利院")
    assert woman.support.data == "dispersed"
    assert paper().headcount.data == 2


def test_what_the_case_tells_cannot_be_typed_over() -> None:
    rows = [{**SAMPLE["plan_rows"][0], "hukou_holder": "平塘县夕阳红养老院", "sex": "女"}]
    (row,) = paper(plan_rows=rows).plan_rows.rows
    assert (row.hukou_holder.data, row.sex.data) == ("平塘县救助管理站", "男")


def test_the_draft_begins_with_everybody_who_waits() -> None:
    first = SettlementPlanRequest.prefill(known())
    assert [row["case_no"] for row in first["plan_rows"]] == [MAN_NO, WOMAN_NO]
    assert first["plan_rows"][0]["name"] == "何平安"
    in_plan = with_papers(chain.PLAN)
    assert [row["case_no"] for row in SettlementPlanRequest.prefill(in_plan)["plan_rows"]] == [WOMAN_NO]


def test_the_persons_are_offered_by_name_and_number() -> None:
    (row, _) = paper().plan_rows.entries
    assert row.form.case_no.words[MAN_NO] == f"平舟桥头男（{MAN_NO}）"


@pytest.mark.parametrize("state", ["to_sign", "in_process", "returned", "draft"])
def test_nobody_stands_in_a_plan_before_the_application_is_taken_in(state: str) -> None:
    waiting = replace(chain.APPLICATION, state=state, closed_at=None)
    of = known(members={MAN_NO: chain.member(chain.NOTICE, waiting), WOMAN_NO: MEMBERS[WOMAN_NO]})
    assert f"第1行：{MAN_NO}的落户安置申请表还没有由民政局签收（或该人员已离站）" in sentences(of)


def test_nobody_stands_in_two_open_plans() -> None:
    waiting = replace(chain.PLAN, state="in_process")
    assert sentences(with_papers(waiting)) == ["第1行：平舟桥头男已在另一方案中（平民呈〔2026〕3号）"]
    assert sentences(with_papers(chain.PLAN, chain.REPLY)) == [
        "第1行：平舟桥头男已在另一方案中（平民呈〔2026〕3号）"
    ]
    drafted = replace(chain.PLAN, state="draft", sent_at=None, signed_on=None)
    assert sentences(with_papers(drafted)) == []


def test_one_the_government_refused_may_be_proposed_again() -> None:
    refused = {
        **chain.REPLY.answers,
        "decisions": [{"case_no": MAN_NO, "approved": "no", "note": "请补充残疾评定"}],
    }
    assert sentences(with_papers(chain.PLAN, replace(chain.REPLY, answers=refused))) == []


def test_one_line_for_one_person() -> None:
    rows = [SAMPLE["plan_rows"][0], {**SAMPLE["plan_rows"][0], "name": "何平顺"}]
    assert sentences(plan_rows=rows) == [f"第2行：{MAN_NO}列了两行，一人一行"]


def test_whoever_has_been_identified_is_struck() -> None:
    found = replace(chain.PERSON, identity_status="confirmed", name="罗大河")
    of = known(members={**MEMBERS, MAN_NO: Member(found, MEMBERS[MAN_NO].papers, chain.CASE)})
    assert sentences(of) == ["第1行：罗大河身份已查明，不再落户安置，请从方案中删去"]


def test_names_and_births_hold_in_the_plan_too() -> None:
    man, woman = SAMPLE["plan_rows"]
    assert sentences(plan_rows=[{**man, "name": "无名01"}, woman]) == [
        "第1行：拟用姓名“无名01”不合适：不能用“无名”，请起一个正式的姓名"
    ]
    assert sentences(plan_rows=[{**man, "birth": "1950-01-01"}, woman]) == [
        "第1行：按拟定出生日期，入站时76岁，不在目测年龄58至66岁之内，请重新拟定"
    ]
    assert sentences(plan_rows=[man, {**woman, "name": "何平安"}]) == ["第2行：“何平安”与前面的人重名，请换一个"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ([], "还没有公安、财政部门的意见，请先征求；确不需要的，请说明理由"),
        (SAMPLE["dept_opinions"][:1], "还没有财政部门的意见，请先征求；确不需要的，请说明理由"),
    ],
)
def test_police_and_finance_are_asked_first(asked: list[dict[str, str]], sentence: str) -> None:
    (problem,) = paper(dept_opinions=asked).problems(known())
    assert (problem.rule, problem.level, problem.sentence) == ("R-52", Level.WARN, sentence)


def test_an_opinion_is_not_given_tomorrow() -> None:
    late = [{**SAMPLE["dept_opinions"][0], "given_on": "2026-07-02"}, SAMPLE["dept_opinions"][1]]
    assert sentences(dept_opinions=late) == ["公安部门意见的日期不能晚于今天"]


def test_sending_it_meets_the_ten_days() -> None:
    assert [(settled.limit, settled.on) for settled in SettlementPlanRequest.settles] == [
        ("settlement_plan_due", Milestone.SENT),
        ("settlement_plan_again_due", Milestone.SENT),
    ]


def test_the_request_reads_as_the_house_writes_it() -> None:
    face = paper().face(known(), Stamp(signer="石若水"))
    assert (face["face"], face["signer"], face["addressee"]) == ("file", "石若水", "平塘县人民政府")
    assert face["title"] == "平塘县民政局关于何平安等2名滞留流浪乞讨人员落户安置方案的请示"
    assert [(line["text"], line["level"]) for line in face["paragraphs"]] == [
        (
            (
                "我局所属（服务）救助管理机构现有2名受助人员滞留超过3个月，经发布寻亲公告、采集比对DNA信息、人像比对及线索核查，"
                "均未查明身份信息。为维护其合法权益，根据国家和省有关规定，现提出落户安置方案如下："
            ),
            0,
        ),
        (
            (
                "一、基本情况。何平安（拟用名，男，目测年龄58至66岁，救助编号：522727-2026-0003），"
                "2026年3月18日由平塘县救助管理站救助，健康状况为慢性病、行动不便，现由平塘县救助管理站照料。"
                "欧阳春晓（拟用名，女，目测年龄40至48岁，救助编号：522727-2026-0005），2026年3月10日由平塘县救助管理站救助，"
                "健康状况为良好，现由平塘县松柏苑养老服务中心照料。"
            ),
            1,
        ),
        (
            (
                "二、落户地址。拟将上述人员户口登记在平塘县救助管理站、平塘县社会福利院集体户，姓名、出生日期等按本方案附表办理，"
                "由平塘县公安局依法登记。"
            ),
            1,
        ),
        (
            (
                "三、安置和供养。拟由平塘县社会福利院、平塘县松柏苑养老服务中心负责照料，符合条件的纳入特困人员救助供养，"
                "所需经费从特困人员救助供养资金列支。年度所需供养资金由县财政按特困人员供养标准预算安排。"
            ),
            1,
        ),
        (
            "四、身份查明后的处理。今后查明身份信息的，由我局商请公安机关注销本次登记的户口，并做好接送返回和待遇衔接。",
            1,
        ),
        ("当否，请批示。", 0),
    ]
    assert face["attachments"] == ["落户安置人员方案明细表"]


def test_one_person_is_counted_in_the_title_not_named() -> None:
    one = paper(plan_rows=SAMPLE["plan_rows"][:1])
    assert one.heading(known()) == "平塘县民政局关于1名滞留流浪乞讨人员落户安置方案的请示"


def test_the_table_of_the_persons_follows_across_the_page() -> None:
    (annex,) = paper().face(known(), Stamp())["annexes"]
    assert (annex["title"], annex["orientation"]) == ("落户安置人员方案明细表", "landscape")
    assert [column["label"] for column in annex["table"]["columns"]] == [
        "序号", "姓名（拟）", "性别", "拟定出生日期", "入站日期", "健康状况", "落户地址", "安置方式", "供养机构", "经费来源",
    ]  # fmt: skip
    assert annex["table"]["rows"][1] == [
        "2", "欧阳春晓", "女", "1982年3月1日", "2026年3月10日", "良好",
        "贵州省平塘县金盆街道新城路12号（平塘县社会福利院集体户）", "分散供养", "平塘县松柏苑养老服务中心",
        "特困人员救助供养资金",
    ]  # fmt: skip


def test_the_prefecture_asks_its_own_government_and_the_police_of_the_seat() -> None:
    of = facts(
        "522700-bureau",
        "2026-07-01 10:00",
        person=PersonFacts(case_no="", region_code="522700"),
        members=MEMBERS,
    )
    assert "由都匀市公安局依法登记" in "".join(paper(of).body(of))
