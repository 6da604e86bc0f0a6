"""Names of audited actions, in Chinese and English: for the screen, the filter and exported files."""

from collections.abc import Mapping

# action -> (Chinese, English). An action without a line is shown by its code.
ACTIONS: Mapping[str, tuple[str, str]] = {
    "create": ("新建记录", "Record created"),
    "update": ("修改记录", "Record changed"),
    "delete": ("删除记录", "Record deleted"),
    "restore": ("恢复记录", "Record restored"),
    "export": ("导出", "Exported"),
    "export_fetched": ("下载导出文件", "Fetched an export"),
    "import": ("导入", "Imported"),
    "import_undone": ("撤销导入", "Import undone"),
    "denied": ("越权被拒", "Denied"),
    "signed_in": ("登录", "Signed in"),
    "signed_out": ("退出登录", "Signed out"),
    "sign_in_failed": ("登录失败", "Sign-in failed"),
    "session_ended": ("终止会话", "Session ended"),
    "sessions_ended": ("终止全部会话", "Sessions ended"),
    "password_set": ("设置密码", "Password set"),
    "access_given": ("开通登录", "Access given"),
    "access_ended": ("终止登录权限", "Access ended"),
    "second_factors_removed": ("重置两步验证", "Second factors removed"),
    "security_policy_changed": ("修改安全策略", "Security policy changed"),
    "mail_changed": ("修改邮件设置", "Mail settings changed"),
    "mail_removed": ("移除邮件设置", "Mail settings removed"),
    "role_written": ("修改角色", "Role changed"),
    "role_removed": ("删除角色", "Role removed"),
    "role_given": ("授予角色", "Role given"),
    "role_taken": ("收回角色", "Role taken"),
    "sharing_rule_written": ("修改共享规则", "Sharing rule changed"),
    "sharing_rule_removed": ("删除共享规则", "Sharing rule removed"),
    "shared": ("共享记录", "Record shared"),
    "unshared": ("取消共享", "Share ended"),
    "unmask": ("查看脱敏内容", "Unmasked"),
    "handover": ("交接记录", "Handed over"),
    "handover_undone": ("撤销交接", "Handover undone"),
    "memberships_set": ("调整所属部门", "Memberships changed"),
    "group_members_set": ("调整群组成员", "Group members changed"),
    "token_created": ("创建令牌", "Token created"),
    "token_revoked": ("吊销令牌", "Token revoked"),
    "person_created": ("首次登录建档", "Person added at first sign-in"),
    "provider_added": ("添加身份源", "Identity provider added"),
    "provider_changed": ("修改身份源", "Identity provider changed"),
    "provider_removed": ("移除身份源", "Identity provider removed"),
    "totp_added": ("启用动态口令", "Authenticator added"),
    "totp_removed": ("停用动态口令", "Authenticator removed"),
    "recovery_codes_renewed": ("更换恢复码", "Recovery codes renewed"),
    "passkey_added": ("添加通行密钥", "Passkey added"),
    "passkey_removed": ("移除通行密钥", "Passkey removed"),
    "backup_taken": ("备份", "Backup taken"),
    "restored": ("从备份恢复", "Restored from a backup"),
    "see_as": ("以他人身份查看", "Seen as another"),
    "configuration_applied": ("应用配置文件", "Configuration file applied"),
    "sandbox_made": ("创建沙箱", "Sandbox made"),
    "sandbox_removed": ("删除沙箱", "Sandbox removed"),
    "sandbox_entered": ("进入沙箱", "Sandbox entered"),
    "configuration_exported": ("导出配置", "Configuration exported"),
    "configuration_changed": ("修改配置", "Configuration changed"),
    "configuration_purged": ("清除已删除的字段和对象", "Dropped fields and objects purged"),
    "view_shared": ("共享视图", "View shared"),
    "alarm_raised": ("触发告警", "Alarm raised"),
    "alarm_acknowledged": ("处理告警", "Alarm acknowledged"),
    "audit_exported": ("导出审计日志", "Audit exported"),
    "audit_verified": ("校验审计日志", "Audit verified"),
    "audit_settings_changed": ("修改审计设置", "Audit settings changed"),
    "limit_changed": ("修改用量上限", "Limit changed"),
    "calendar_changed": ("修改工作日历", "Working calendar changed"),
    "rates_changed": ("修改汇率", "Exchange rates changed"),
}
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "done": ("成功", "Done"),
    "denied": ("被拒绝", "Denied"),
    "failed": ("失败", "Failed"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "user": ("成员", "Person"),
    "token": ("令牌", "Token"),
    "automation": ("自动化", "Automation"),
    "system": ("系统", "System"),
}


def word(words: Mapping[str, tuple[str, str]], code: str, language: str) -> str:
    """The name of a code; the code itself where nobody wrote one."""
    pair = words.get(code)
    return code if pair is None else pair[language == "en"]
