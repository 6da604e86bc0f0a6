"""Kinds of notification: one line each. What a person may set of them, and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Channel = Literal["off", "digest", "now"]


@dataclass(frozen=True)
class Kind:
    """`said` is the sentence in a letter; `mail` is how it goes by mail unless the person says otherwise."""

    key: str
    label: Mapping[str, str]
    said: Mapping[str, str]
    mail: Channel = "digest"


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "mention",
            {"zh-CN": "有人@我", "en": "Somebody mentions me"},
            {"zh-CN": "{who} 在 {record} 提到了你：{text}", "en": "{who} mentioned you on {record}: {text}"},
            "now",
        ),
        Kind(
            "comment",
            {"zh-CN": "我的记录有新评论", "en": "A comment on a record of mine"},
            {"zh-CN": "{who} 评论了 {record}：{text}", "en": "{who} commented on {record}: {text}"},
        ),
        Kind(
            "assigned",
            {"zh-CN": "记录分配给我", "en": "A record comes to me"},
            {
                "zh-CN": "{who} 把 {record} 等 {count} 条记录交给了你",
                "en": "{who} handed you {record} (records: {count})",
            },
        ),
        Kind(
            "shared",
            {"zh-CN": "记录共享给我", "en": "A record is shared with me"},
            {"zh-CN": "{who} 与你共享了 {record}", "en": "{who} shared {record} with you"},
            "off",
        ),
        Kind(
            "task_due",
            {"zh-CN": "任务到期", "en": "A task of mine is due"},
            {"zh-CN": "任务到期：{record}", "en": "Task due: {record}"},
        ),
        Kind(
            "export_ready",
            {"zh-CN": "导出完成", "en": "An export is ready"},
            {"zh-CN": "导出完成：{name}", "en": "Export ready: {name}"},
            "off",
        ),
    )
}
