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
            "pool_given",
            {"zh-CN": "公海自动分配给我", "en": "A pool gives me records"},
            {"zh-CN": "“{pool}”分配给你 {count} 条记录：{record}", "en": "{pool} gave you {count}: {record}"},
            "now",
        ),
        Kind(
            "recycle_soon",
            {"zh-CN": "记录即将被回收", "en": "Records of mine go back soon"},
            {
                "zh-CN": "{record} 等 {count} 条记录即将被“{pool}”回收",
                "en": "{record} goes back to {pool} soon (records: {count})",
            },
        ),
        Kind(
            "recycled",
            {"zh-CN": "记录被回收", "en": "Records of mine went back"},
            {
                "zh-CN": "你的 {count} 条记录已回到“{pool}”",
                "en": "{count} of your records went back to {pool}",
            },
        ),
        Kind(
            "pool_request",
            {"zh-CN": "公海申请待我处理", "en": "Somebody asks me as a pool's manager"},
            {
                "zh-CN": "{who} 在“{pool}”提交了 {count} 个申请",
                "en": "{who} asks for your yes in {pool} ({count})",
            },
            "now",
        ),
        Kind(
            "pool_granted",
            {"zh-CN": "公海申请已同意", "en": "What I asked a pool for is granted"},
            {"zh-CN": "{who} 同意了你的申请：{record}", "en": "{who} said yes: {record}"},
            "now",
        ),
        Kind(
            "pool_refused",
            {"zh-CN": "公海申请被拒绝", "en": "What I asked a pool for is refused"},
            {"zh-CN": "{who} 拒绝了你在“{pool}”的申请：{answer}", "en": "{who} said no in {pool}: {answer}"},
            "now",
        ),
        Kind(
            "response_late",
            {"zh-CN": "首次响应超时", "en": "First responses are late"},
            {
                "zh-CN": "“{pool}”中有 {count} 条记录首次响应超时",
                "en": "{count} first responses are late in {pool}",
            },
            "now",
        ),
        Kind(
            "release_asked",
            {"zh-CN": "报价折扣待我审批", "en": "A discount waits for my yes"},
            {
                "zh-CN": "{who} 请你审批报价折扣：{record}",
                "en": "{who} asks you to release a discount: {record}",
            },
            "now",
        ),
        Kind(
            "release_given",
            {"zh-CN": "我的报价已放行", "en": "A discount of mine is released"},
            {"zh-CN": "{who} 放行了 {record}", "en": "{who} released {record}"},
            "now",
        ),
        Kind(
            "release_refused",
            {"zh-CN": "我的报价被驳回", "en": "A discount of mine is refused"},
            {"zh-CN": "{who} 驳回了 {record}", "en": "{who} refused the discount of {record}"},
            "now",
        ),
        Kind(
            "plan_due",
            {"zh-CN": "回款即将到期", "en": "Money of mine is due soon"},
            {
                "zh-CN": "{record} 等 {count} 期回款即将到期",
                "en": "{record} is due soon (instalments: {count})",
            },
        ),
        Kind(
            "plan_late",
            {"zh-CN": "回款已逾期", "en": "Money of mine is late"},
            {"zh-CN": "{record} 等 {count} 期回款已逾期", "en": "{record} is overdue (instalments: {count})"},
            "now",
        ),
        Kind(
            "renewal_due",
            {"zh-CN": "合同即将到期", "en": "A contract of mine ends soon"},
            {
                "zh-CN": "{record} 等 {count} 份合同即将到期，可以谈续签了",
                "en": "{record} ends soon: time to talk of renewal (contracts: {count})",
            },
        ),
        Kind(
            "registration_ends",
            {"zh-CN": "报备保护即将到期", "en": "The protection of a registration ends"},
            {
                "zh-CN": "{record} 等 {count} 个报备的保护期将在一周后结束",
                "en": "{record} is protected for one more week (registrations: {count})",
            },
        ),
        Kind(
            "registration_decided",
            {"zh-CN": "报备已审核", "en": "A registration of mine is decided"},
            {"zh-CN": "{who} 审核了 {record}", "en": "{who} decided on {record}"},
            "now",
        ),
        Kind(
            "expense_decided",
            {"zh-CN": "费用已审批", "en": "An expense of mine is decided"},
            {"zh-CN": "{who} 审批了 {record}", "en": "{who} decided on {record}"},
        ),
        Kind(
            "export_ready",
            {"zh-CN": "导出完成", "en": "An export is ready"},
            {"zh-CN": "导出完成：{name}", "en": "Export ready: {name}"},
            "off",
        ),
    )
}
