"""What a position is called in an organ (domain §1.2)."""

from collections.abc import Mapping

from forms.kit.chains import Desk
from forms.kit.phrases import Phrase
from portal.models.people import Position, Unit, UnitKind

_PLAIN: Mapping[str, str] = {
    Position.CLERK: "经办人",
    Position.REVIEWER: "审核人",
    Position.SIGNER: "分管负责人",
    Position.PRINCIPAL: "主要负责人",
    Position.SEAL: "文印员",
    Position.DUTY: "值班带班领导",
    Position.STATISTICIAN: "统计员",
    Position.SUPERVISOR: "特邀监督员",
    Position.ADMIN: "系统管理员",
}
_BUREAU: Mapping[str, str] = {Position.SIGNER: "分管副局长", Position.PRINCIPAL: "局长"}
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    UnitKind.COUNTY_BUREAU: _BUREAU,
    UnitKind.PREFECTURE_BUREAU: {**_BUREAU, Position.REVIEWER: "社会事务科科长"},
    UnitKind.CENTRAL_STATION: {
        Position.CLERK: "受理员",
        Position.REVIEWER: "业务科科长",
        Position.SIGNER: "站长",
        Position.PRINCIPAL: "站长",
    },
    UnitKind.COUNTY_STATION: {Position.SIGNER: "站长", Position.PRINCIPAL: "站长"},
    UnitKind.PROVINCE: {
        Position.CLERK: "承办人",
        Position.SIGNER: "签发人",
        Position.PRINCIPAL: "厅长",
    },
    UnitKind.TOWNSHIP: {Position.PRINCIPAL: "负责人", Position.SIGNER: "负责人"},
    UnitKind.VILLAGE: {Position.CLERK: "填报员"},
}


def desk_title(unit: Unit, desk: str) -> str:
    """Return what a desk is called in an organ."""
    return Phrase("核对人") if desk == Desk.CHECKER else title(unit.kind, Position(desk))


def title(kind: str, position: str) -> str:
    """Return the Chinese title of a position in an organ of a kind, e.g. 站长 or 分管副局长."""
    return _BY_KIND.get(kind, {}).get(position, _PLAIN[position])
