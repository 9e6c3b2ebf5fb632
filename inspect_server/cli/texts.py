"""Errors that stop a command, in Chinese and English."""

from inspect_server.domain.errors import InspectError

# By the error's code; the placeholders are its params. A code without an entry shows the general text.
CHINESE = {
    "settings_invalid": "设置有误：{problems}",
    "port_taken": "端口已被其他程序占用：{host}:{port}。请关闭该程序，或更改设置 {setting}。",
    "cannot_listen": "无法监听 {host}:{port}（{reason}）。请检查设置 {setting}。",
    "certificate_unusable": "证书或私钥不可用：{file}（{reason}）。请检查 --tls-cert 与 --tls-key。",
    "spool_not_writable": "暂存目录不可用：{folder}。请检查权限与磁盘空间，并确认没有另一个服务器正在使用它。",
    "spool_full": "暂存盘空间不足。请清理磁盘，或更改设置 INSPECT_SPOOL_DIR。",
    "database_not_migrated": "数据库尚未升级到此版本。请先运行：inspect-server migrate",
    "database_folder_missing": "数据库所在的目录不存在：{folder}。首次使用请先运行：inspect-server migrate",
    "storage_unavailable": "数据库或对象存储没有响应。请检查地址与网络，再运行：inspect-server check",
    "object_store_unavailable": "对象存储没有响应。请检查地址与网络，再运行：inspect-server check",
    "object_store_refused": "对象存储拒绝访问。请检查密钥与权限，再运行：inspect-server check",
    "bucket_missing": "存储桶或目录不存在：{bucket}。请先运行：inspect-server migrate",
    "pages_missing": "找不到已构建的页面：{folder}。请在源码目录运行 make run，或安装发布的软件包。",
    "conflict": "已存在，未作更改。",
    "not_found": "找不到。",
    "bad_request": "输入有误，未作更改。",
}
GENERAL = "无法继续"


class _Shown(dict[str, str | int | float]):
    """Params for a text; one that is missing shows as a dash instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return "—"


def in_chinese(error: InspectError) -> str:
    """What happened and what to do."""
    text = CHINESE.get(error.code)
    if text is None:
        return f"{GENERAL}（{error.code}）：{error.detail}"
    return text.format_map(_Shown(error.params))


def in_english(error: InspectError) -> str:
    """What happened and what to do."""
    return error.detail or error.code.replace("_", " ")
