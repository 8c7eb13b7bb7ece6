"""What the papers of medical care share: who pays, whether there is insurance, the referral before the bill.

Source: S0 三（二）1（2）, 2（5）; rules R-29, R-36, R-65 to R-67, A-27.
"""

from forms.kit.facts import DocFacts, Facts, OrganFacts

CLAUSE = "S0 三（二）2（5）"
PAYER_CLAUSE = "S0 三（二）1（2）"
INSURANCE = [("insured", "已参保"), ("uninsured", "未参保"), ("unknown", "身份不明，暂无法核查")]
INSURANCE_WORDS = dict(INSURANCE)
SCHEMES = [("resident", "城乡居民基本医疗保险"), ("employee", "职工基本医疗保险"), ("other", "其他")]
REFERRAL, SETTLEMENT = "medical_referral", "medical_settlement"


def payer_of(facts: Facts) -> OrganFacts:
    """Return who pays what nobody else covers: the county's bureau, for prefecture cases the station (R-29, R-67)."""
    if facts.of_prefecture:
        return facts.prefecture["central_station"]
    return facts.county["county_bureau"]


def payers(facts: Facts) -> list[tuple[str, str]]:
    """Return the organs that may be named as payer, as choices."""
    station = facts.prefecture["central_station"]
    found = {organ.code: organ.name for organ in (payer_of(facts), station)}
    return list(found.items())


def in_central_care(facts: Facts) -> bool:
    """Tell whether a county's person is cared for at the central station now (R-29)."""
    return not facts.of_prefecture and facts.place == facts.prefecture["central_station"].code


def referral_of(facts: Facts) -> DocFacts | None:
    """Return the newest 送医救治单 of the case."""
    return facts.latest(REFERRAL)
