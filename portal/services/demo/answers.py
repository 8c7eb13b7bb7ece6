"""What the invented persons' papers say. No person, plate or telephone here is real."""

from datetime import date, datetime, timedelta
from typing import Any

from stdnum.cn import ric

_PLACES = [
    "县城河滨路与迎宾路交叉口",
    "客运站候车厅",
    "农贸市场南门",
    "新区跨河大桥桥洞",
    "老电影院门前",
    "高铁站站前广场",
    "城北加油站旁",
    "步行街中段",
]
_LOOKS = (
    "左眉上方有一道约2厘米旧疤，走路略跛，牙齿缺两颗",
    "右手虎口有刺青一枚，头发花白，背部微驼",
    "左手小指缺一节，额头有黑痣，身形瘦高",
    "双颊有冻疮旧痕，右膝有手术疤痕，步态缓慢",
)
_CLOTHES = (
    "深蓝色旧棉衣、黑色长裤、黄胶鞋",
    "灰色夹克、迷彩裤、黑布鞋",
    "红色针织外套、黑裤、解放鞋",
    "军绿色大衣、灰裤、旧皮鞋",
)
_NAMES = ("张守田", "罗永福", "韦正安", "石大勇", "潘有余", "吴启明")
A_PLATE = "ABC"
ESCORTS = [
    {"name": "王建国", "sex": "男", "post": "救助管理站站员"},
    {"name": "李小燕", "sex": "女", "post": "救助管理站站员"},
]
_ALIASES = ("河滨", "客运站", "市场口", "大桥", "影院", "高铁", "城北", "步行街")


def unidentified(number: int, admitted: datetime, county: str) -> dict[str, Any]:
    """Return the admission answers of a person without identity."""
    sex = "女" if number % 4 == 3 else "男"
    return {
        "identity_status": "unknown",
        "alias": f"{_ALIASES[number % len(_ALIASES)]}{sex}{admitted.month}{admitted.day:02d}",
        "sex": sex,
        "age_min": str(40 + number % 5 * 6),
        "age_max": str(46 + number % 5 * 6),
        "admission_source": "patrol",
        "found_at": admitted - timedelta(hours=1, minutes=number % 40),
        "found_place": f"{county}{_PLACES[number % len(_PLACES)]}",
        "admitted_at": admitted,
        "help_reason": ["vagrancy"],
        "mental_status": "normal",
        "health": ["good"],
        "speech": "partly",
        "accent": "疑似桂北口音",
        "height_cm": str(158 + number % 20),
        "features": _LOOKS[number % len(_LOOKS)],
        "clothing_found": _CLOTHES[number % len(_CLOTHES)],
        "self_clues": "自称家在河边，附近有一座水泥厂",
        "first_org_name": f"{county}救助管理站",
        "fingerprint_taken": "yes",
        "belongings": [{"item": "编织袋", "quantity": "1个", "kept_by": "self"}],
    }


def named(number: int, admitted: datetime, county: str) -> dict[str, Any]:
    """Return the admission answers of a person whose papers were with them."""
    born = date(1956 + number % 30, 1 + number % 12, 1 + number % 28)
    first = f"522727{born:%Y%m%d}{number % 90 + 10:02d}{1 + number % 5 * 2}"
    plain = unidentified(number - number % 4, admitted, county)
    return {
        **plain,
        "identity_status": "confirmed",
        "name": _NAMES[number % len(_NAMES)],
        "sex": "男",
        "birth_date": born,
        "id_number": first + ric.calc_check_digit(first + "0"),
        "hukou_code": "522727",
        "hukou_address": "贵州省平塘县通州镇",
        "admission_source": "self",
        "help_reason": ["no_work"],
    }


def handover_answers(number: int, at: datetime, bed: str, ward: str) -> dict[str, Any]:
    """Return what receiver and escorts found at the station's door."""
    return {
        "arrived_at": at - timedelta(minutes=20),
        "escort_staff": ESCORTS,
        "temp_c": f"36.{4 + number % 4}",
        "bp": "128/82",
        "weight_kg": f"{52 + number % 15}.5",
        "wounds": "no",
        "body_check": "体表清洁，未见新鲜伤痕和褥疮",
        "behaviour": "calm",
        "medication": [{"drug": "无"}],
        "belongings": [{"item": "编织袋", "quantity": "1个"}],
        "cash": "0.00",
        "valuables": "无",
        "documents": ["registration", "medical_check", "reply", "notice", "dna_proof"],
        "result": "accept",
        "ward": ward,
        "bed": bed,
        "duty_confirmed": "yes",
    }


def extension_answers(admitted: datetime) -> dict[str, Any]:
    """Return why a stay must exceed ten days."""
    return {
        "why": ["relatives"],
        "situation": "本人提供的亲属电话停机，已请户籍地派出所上门核实，尚待回复。",
        "extend_to": (admitted + timedelta(days=38)).date(),
        "plan": "继续联系亲属和户籍地村委会，落实接领后即办理离站。",
    }


def exit_answers(at: datetime, ward: str) -> dict[str, Any]:
    """Return a short stay that ended with a ticket home."""
    return {
        "ward": ward,
        "services": [{"on": at.date().isoformat(), "kind": "board", "what": "提供住宿和早晚餐", "by": "李小燕"}],
        "exit_method": "提供乘车凭证",
        "exit_at": at,
        "destination": "贵州省平塘县通州镇",
        "voucher": "长途客车票1张",
        "belongings_returned": "yes",
        "help_types": ["生活救助", "返乡救助"],
        "special_groups": ["无"],
        "home_area": "本省",
    }


def return_answers(at: datetime) -> dict[str, Any]:
    """Return how the care at the station ended: the county fetches the person."""
    return {
        "left_at": at - timedelta(minutes=15),
        "whereto": "county",
        "reason": ["county_ready"],
        "care_summary": "集中照料期间食宿、睡眠正常，血压平稳，配合寻亲问询两次。",
        "receivers": ESCORTS,
        "vehicle_no": "贵JB2046",
        "temp_c": "36.5",
        "behaviour": "calm",
        "body_check": "未见异常",
        "medication": [{"drug": "无"}],
        "belongings": [{"item": "编织袋", "quantity": "1个"}],
        "cash": "0.00",
        "valuables": "无",
        "documents": ["registration", "care_record"],
        "duty_confirmed": "yes",
    }
