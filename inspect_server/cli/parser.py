"""What can be typed: every command and option with its help, in Chinese and English."""

import argparse
from pathlib import Path

from inspect_server import __version__
from inspect_server.domain.people import Role

TOP = """云勘验：带录像的远程现场勘验。
Remote site inspections: a recorded video call that belongs to a case and can be replayed.

第一次使用 · First steps:
  inspect-server serve --demo          带演示数据启动 · start with demo data, then open the printed address
生产环境 · For real use:
  inspect-server check                 检查配置 · try the configuration out, one line each
  inspect-server migrate               建库、升级 · create or upgrade the database and the bucket
  inspect-server user add zhang --role inspector --organisation "市行政审批局"
  inspect-server serve
"""

SETTINGS_HINT = """所有设置都可用环境变量 INSPECT_… 或 inspect.toml 给出；清单： inspect-server settings
Every setting can also be given as a variable INSPECT_… or in inspect.toml; for the list: inspect-server settings
"""

SERVE = """启动服务器：HTTP 供本机使用，HTTPS 供局域网内的手机使用（浏览器只对安全来源开放摄像头）。
Start the server: HTTP for this machine, HTTPS for phones on the local network (browsers give the camera to secure
origins only). Without --tls-cert it makes and keeps a certificate; phones warn about that once, and iPhones may refuse
its WebSockets: use a real certificate for them.
"""

MIGRATE = """建库或升级数据库，并建好存储桶（含浏览器读取所需的 CORS 规则）。可重复执行。
Create or upgrade the database, and the bucket with the CORS rules that the replay page needs. Safe to repeat.
"""

USER_ADD = """添加用户。密码从终端输入（不回显），或用 --password-stdin 从标准输入读取，从不出现在命令行里。
Add a user. The password is asked for, or read from standard input with --password-stdin; it never stands in the
command line.
"""

USERS = """管理用户：添加、列出、停用、启用、改密码、改角色。每次更改都留痕，并使其所有登录失效。
Manage users: add, list, disable, enable, set a password, set roles. Each change is kept in the audit trail and ends
all sign-ins of the user, whose open pages are refused at their next step.
"""

AUDIT = """列出最近的操作留痕，最新的在前：时间（UTC）、谁、做了什么、对象、地址、细节，以制表符分隔。
List the newest events of the audit trail first: when (UTC), who, what, about what, from which address, details;
separated by tabs.
"""

DEMO = """建库并装入演示数据：机构、账号、五个事项及其勘验要点、办件。可重复执行。
Create the database and load demo data: organisation, accounts, five permit items with checklists, cases. Safe to
repeat. For trying out only: the passwords are known to everybody.
"""

CHECK = """实测配置：数据库、存储桶、TURN、时钟、暂存盘、证书。每项一行，失败的说明怎么办。
Try the configuration out for real: database, bucket, TURN, clock, spool, certificate. One line each; what fails says
what to do. Exit code 1 when something failed.
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; the chosen command is in ``command``."""
    parser = _parser(None, "inspect-server", TOP, SETTINGS_HINT)
    parser.add_argument("--version", action="version", version=f"inspect-server {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, title="commands")
    _add_serve(commands)
    _add_common(_parser(commands, "migrate", MIGRATE, SETTINGS_HINT, short="建库、升级 · create or upgrade database"))
    _add_user(commands)
    _add_audit(commands)
    _add_common(_parser(commands, "demo", DEMO, SETTINGS_HINT, short="装入演示数据 · load demo data"))
    _add_common(_parser(commands, "check", CHECK, SETTINGS_HINT, short="实测配置 · try the configuration out"))
    _add_settings(commands)
    return parser


type_of_commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives this type no public name


def _parser(
    commands: "type_of_commands[argparse.ArgumentParser] | None",
    name: str,
    description: str,
    epilog: str | None = None,
    short: str = "",
) -> argparse.ArgumentParser:
    options = {"description": description, "epilog": epilog, "formatter_class": argparse.RawDescriptionHelpFormatter}
    if commands is None:
        return argparse.ArgumentParser(prog=name, **options)  # type: ignore[arg-type] # one dictionary for all of them
    return commands.add_parser(name, help=short, **options)  # type: ignore[arg-type] # as above


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="设置文件 · settings file (default: ./inspect.toml)"
    )
    parser.add_argument("--data-dir", metavar="DIR", help="数据目录 · data folder (default: ./data)")


def _add_serve(commands: "type_of_commands[argparse.ArgumentParser]") -> None:
    parser = _parser(commands, "serve", SERVE, SETTINGS_HINT, short="启动服务器 · start the server")
    _add_common(parser)
    parser.add_argument("--demo", action="store_true", help="先建库并装入演示数据 · migrate and load demo data first")
    parser.add_argument("--http-host", help="HTTP 监听地址 · address of plain HTTP (default: 127.0.0.1)")
    parser.add_argument("--http-port", type=int, help="HTTP 端口 · port of plain HTTP (default: 8080)")
    parser.add_argument("--https-host", help="HTTPS 监听地址 · address of HTTPS (default: 0.0.0.0)")
    parser.add_argument("--https-port", type=int, help="HTTPS 端口 · port of HTTPS (default: 8443)")
    parser.add_argument(
        "--media-workers", type=int, metavar="N", help="媒体进程数 · media processes (default: cores minus one)"
    )
    parser.add_argument("--tls-cert", metavar="FILE", help="证书链 · certificate chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="证书私钥 · its private key (PEM)")
    parser.add_argument(
        "--public-url", metavar="URL", help="链接与二维码所用地址 · address that links and QR codes use"
    )
    parser.add_argument("--log-level", choices=["debug", "info", "warning", "error"], help="日志级别 · what is logged")


def _add_user(commands: "type_of_commands[argparse.ArgumentParser]") -> None:
    user = _parser(commands, "user", USERS, short="用户管理 · users")
    actions = user.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    parser = _parser(actions, "add", USER_ADD, SETTINGS_HINT, short="添加用户 · add a user")
    _add_common(parser)
    roles = [role.value for role in Role]
    parser.add_argument("name", help="登录名 · sign-in name")
    parser.add_argument(
        "--role", action="append", required=True, choices=roles, help="角色，可重复 · role; may be repeated"
    )
    parser.add_argument("--display-name", help="显示姓名 · name that others see (default: the sign-in name)")
    parser.add_argument(
        "--organisation",
        metavar="NAME",
        help="机构名称或编号；还没有机构时会新建 · name or id; made when there is none at all",
    )
    parser.add_argument("--certificate-number", default="", help="执法证号 · law enforcement certificate number")
    parser.add_argument(
        "--password-stdin", action="store_true", help="从标准输入读密码 · read the password from standard input"
    )

    _add_common(_parser(actions, "list", USERS, SETTINGS_HINT, short="列出用户 · list all users"))
    for action, short in (
        ("disable", "停用账号 · close an account"),
        ("enable", "重新启用 · open it again"),
        ("password", "改密码 · set a new password"),
        ("roles", "改角色 · set other roles"),
    ):
        changing = _parser(actions, action, USERS, SETTINGS_HINT, short=short)
        _add_common(changing)
        changing.add_argument("name", help="登录名 · sign-in name")
        if action == "password":
            changing.add_argument(
                "--password-stdin", action="store_true", help="从标准输入读密码 · read the password from standard input"
            )
        if action == "roles":
            changing.add_argument(
                "--role", action="append", required=True, choices=roles, help="角色，可重复 · role; may be repeated"
            )


def _add_audit(commands: "type_of_commands[argparse.ArgumentParser]") -> None:
    parser = _parser(commands, "audit", AUDIT, SETTINGS_HINT, short="操作留痕 · read the audit trail")
    _add_common(parser)
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="最多几条 · at most so many (default: 100)")


def _add_settings(commands: "type_of_commands[argparse.ArgumentParser]") -> None:
    text = "列出全部设置（Markdown 表格）。\nList every setting as a Markdown table."
    parser = _parser(commands, "settings", text, short="列出全部设置 · list every setting")
    parser.add_argument("--into", type=Path, metavar="FILE", help="写入此文件的表格处 · put the table into this file")
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="检查此文件是否最新 · fail unless this file is fresh"
    )
