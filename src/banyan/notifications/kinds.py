"""Kinds of notification: one line each. What a person may set of them, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Channel = Literal["off", "digest", "now"]


@dataclass(frozen=True)
class Kind:
    """`mail` is how it goes by mail unless the person says otherwise."""

    key: str
    label: Mapping[str, str]
    mail: Channel = "digest"


KINDS = {
    kind.key: kind
    for kind in (
        Kind("mention", {"zh-CN": "有人@我", "en": "Somebody mentions me"}, "now"),
        Kind("comment", {"zh-CN": "我的记录有新评论", "en": "A comment on a record of mine"}),
        Kind("assigned", {"zh-CN": "记录分配给我", "en": "A record comes to me"}),
        Kind("shared", {"zh-CN": "记录共享给我", "en": "A record is shared with me"}, "off"),
        Kind("task_due", {"zh-CN": "任务到期", "en": "A task of mine is due"}),
        Kind("export_ready", {"zh-CN": "导出完成", "en": "An export is ready"}, "off"),
    )
}
