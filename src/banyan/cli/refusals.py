"""What a command says when it must not go on.

One calm line that names the mend, in the console's language.
"""

import os

from banyan.kernel.errors import BanyanError
from banyan.kernel.messages import message

# code -> (Chinese, English). Places are the error's params; `{reason}` is the server's own last word.
_TEXTS: dict[str, tuple[str, str]] = {
    "disk_full": (
        "磁盘空间不足：{path}（剩余 {free_mb} MB）。请清理磁盘后重试。",
        "The disk is full: {path} ({free_mb} MB free). Free some space and try again.",
    ),
    "home_not_usable": (
        "无法写入目录 {path}。请检查权限，或用 BANYAN_HOME 指定其他目录。",
        "The folder {path} cannot be written. Check its permissions or choose another with BANYAN_HOME.",
    ),
    "home_belongs_to_other": (
        "目录 {path} 属于其他用户。请以该用户运行，或用 BANYAN_HOME 指定其他目录。",
        "The folder {path} belongs to another user. Run as that user or choose another with BANYAN_HOME.",
    ),
    "folder_closed_to_service_user": (
        "数据库用户 {user} 无法进入目录 {path}。请开放上级目录（chmod o+x）或更换目录。",
        "The database user {user} cannot enter {path}. Open its parents (chmod o+x) or choose another folder.",
    ),
    "socket_folder_taken": (
        "目录 {path} 不属于本程序。请删除它，或缩短 BANYAN_HOME 的路径。",
        "The folder {path} is not ours. Remove it or choose a shorter BANYAN_HOME.",
    ),
    "service_user_impossible": (
        "数据库不能以 root 运行，也无法创建系统用户 {user}。请改用普通用户运行。",
        "The database must not run as root and no system user {user} could be made. Run as an ordinary user.",
    ),
    "service_user_unknown": (
        "数据目录属于不存在的用户（uid {uid}）。请用 chown 改正其所有者。",
        "The data folder belongs to a user that does not exist (uid {uid}). Mend its owner with chown.",
    ),
    "service_user_is_root": (
        "系统用户 {user} 的 uid 为 0。请改用普通用户运行。",
        "The system user {user} has uid 0. Run as an ordinary user.",
    ),
    "database_programs_missing": (
        "缺少 PostgreSQL 程序（{package}）。请重新运行 make run，或设置 BANYAN_DATABASE_URL。",
        "The PostgreSQL programs are missing ({package}). Run make run again, or set BANYAN_DATABASE_URL.",
    ),
    "database_folder_broken": (
        "数据目录 {path} 不完整。请从备份恢复（banyan restore），或将其移走后重试。",
        "The data folder {path} is incomplete. Restore a backup (banyan restore) or move it away.",
    ),
    "database_not_created": ("数据库初始化失败：{reason}", "The database could not be created: {reason}"),
    "database_not_started": (
        "数据库启动失败：{reason}（日志：{log}）",
        "The database did not start: {reason} (log: {log})",
    ),
    "database_stands_still": (
        "数据库启动停滞：{reason}（日志：{log}）",
        "The database makes no progress while starting: {reason} (log: {log})",
    ),
    "database_transition_stuck": (
        "另一个命令一直在启动或停止数据库（{path}）。",
        "Another command has been starting or stopping the database for too long ({path}).",
    ),
    "managed_database_unreachable": (
        "无法连接 BANYAN_DATABASE_URL 指定的数据库：{reason}",
        "The database named by BANYAN_DATABASE_URL cannot be reached: {reason}",
    ),
    "managed_database_too_old": (
        "数据库版本为 PostgreSQL {found}，至少需要 {needed}。",
        "The database is PostgreSQL {found}; at least {needed} is needed.",
    ),
    "managed_roles_impossible": (
        "无法在数据库中创建角色 banyan_owner 和 banyan_app：{reason}",
        "The roles banyan_owner and banyan_app could not be made in the database: {reason}",
    ),
    "schema_version_unknown": (
        "数据结构 {schema} 的版本 {version} 比本程序（{known}）更新。请升级程序，或恢复升级前的备份。",
        "Schema {schema} is at version {version}, newer than this program ({known}). Upgrade, or restore a backup.",
    ),
    "schema_locked": (
        "数据结构 {schema} 正被长时间占用，未能升级。请稍后重试。",
        "Schema {schema} is held by long-running work and could not be upgraded. Try again later.",
    ),
    "port_in_use": (
        "端口 {port} 已被占用。请停止占用它的程序，或用 --port 指定其他端口。",
        "Port {port} is in use. Stop the program that holds it or choose another with --port.",
    ),
    "address_not_usable": (
        "无法监听 {host}:{port}：{reason}",
        "Cannot listen on {host}:{port}: {reason}",
    ),
    "already_serving": (
        "{path} 已有一个 banyan serve 在运行。",
        "Another banyan serve is already running on {path}.",
    ),
    "child_failed": (
        "{name} 进程无法启动，错误见上。",
        "The {name} process does not start; its error is shown above.",
    ),
    "server_in_use": (
        "{path} 的数据库正在使用。请先停止 banyan serve 及其他命令。",
        "The database of {path} is in use. Stop banyan serve and other commands first.",
    ),
    "no_backup": (
        "没有可用的备份：{path}",
        "There is no backup to use: {path}",
    ),
    "no_backup_before": (
        "{to} 之前没有基础备份；最早可恢复到 {earliest}。",
        "There is no base backup before {to}; the earliest time to restore to is {earliest}.",
    ),
    "backup_failed": ("备份失败：{reason}", "The backup failed: {reason}"),
    "backup_differs": (
        "备份与原数据不一致：{tables}",
        "The restored backup differs from what was backed up: {tables}",
    ),
    "backup_needs_embedded": (
        "托管数据库请使用其自带的备份功能；此命令仅用于内置数据库。",
        "A managed database is backed up by its own service; this command is for the embedded one.",
    ),
    "restore_failed": (
        "恢复失败：{reason}（日志：{log}）",
        "The restore failed: {reason} (log: {log})",
    ),
    "restore_target_taken": (
        "目录 {path} 不是空的。请选择其他目录。",
        "The folder {path} is not empty. Choose another.",
    ),
    "already_set_up": ("系统已完成初始设置，请直接登录。", "Set-up is already done; please sign in."),
    "settings_invalid": ("设置有误：{reason}", "A setting is wrong: {reason}"),
}


def chinese_console() -> bool:
    """Whether the console is Chinese, by BANYAN_LANGUAGE or the locale."""
    chosen = os.environ.get("BANYAN_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return chosen.lower().startswith("zh")


def say(chinese: str, english: str) -> str:
    """Return the text in the console's language."""
    return chinese if chinese_console() else english


def refusal_line(error: BanyanError) -> str:
    """Return the one line a person sees."""
    texts = _TEXTS.get(error.code)
    if texts is None:
        language = "zh-CN" if chinese_console() else "en"
        faults = [
            f"{fault.pointer}: {message(fault.code, language, fault.params)}" for fault in error.problems
        ]
        return "; ".join(faults) or message(error.code, language, error.params)
    return say(*texts).format_map(_Lenient(error.params))


class _Lenient(dict[str, object]):
    """A text never fails for a param the error does not carry."""

    def __missing__(self, key: str) -> str:
        return "?"
