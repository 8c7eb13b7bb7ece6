"""What a position is called in an organ (domain §1.2)."""

from collections.abc import Mapping

from portal.models.people import Position, UnitKind


def mark(word: str) -> str:
    """Mark a title for the catalogue of translations; pages translate it when they print it."""
    return word


_PLAIN: Mapping[str, str] = {
    Position.CLERK: mark("经办人"),
    Position.REVIEWER: mark("审核人"),
    Position.SIGNER: mark("分管负责人"),
    Position.PRINCIPAL: mark("主要负责人"),
    Position.SEAL: mark("文印员"),
    Position.DUTY: mark("值班带班领导"),
    Position.STATISTICIAN: mark("统计员"),
    Position.SUPERVISOR: mark("特邀监督员"),
    Position.ADMIN: mark("系统管理员"),
}
_BUREAU: Mapping[str, str] = {Position.SIGNER: mark("分管副局长"), Position.PRINCIPAL: mark("局长")}
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    UnitKind.COUNTY_BUREAU: _BUREAU,
    UnitKind.PREFECTURE_BUREAU: {**_BUREAU, Position.REVIEWER: mark("社会事务科科长")},
    UnitKind.CENTRAL_STATION: {
        Position.CLERK: mark("受理员"),
        Position.REVIEWER: mark("业务科科长"),
        Position.SIGNER: mark("站长"),
        Position.PRINCIPAL: mark("站长"),
    },
    UnitKind.COUNTY_STATION: {Position.SIGNER: mark("站长"), Position.PRINCIPAL: mark("站长")},
    UnitKind.PROVINCE: {
        Position.CLERK: mark("承办人"),
        Position.SIGNER: mark("签发人"),
        Position.PRINCIPAL: mark("厅长"),
    },
    UnitKind.TOWNSHIP: {Position.PRINCIPAL: mark("负责人"), Position.SIGNER: mark("负责人")},
    UnitKind.VILLAGE: {Position.CLERK: mark("填报员")},
}


def title(kind: str, position: str) -> str:
    """Return the Chinese title of a position in an organ of a kind, e.g. 站长 or 分管副局长."""
    return _BY_KIND.get(kind, {}).get(position, _PLAIN[position])
