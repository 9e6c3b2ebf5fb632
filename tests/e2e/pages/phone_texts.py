"""What the phone's pages say on the way into a call, in each of their languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PhoneTexts:
    """Names of what is touched, and headings. ``switch``: the button to this language; the first one needs none."""

    switch: str | None
    certificate: str
    accept: str
    name: str
    job: str
    phone: str
    get_code: str
    code_shown: str
    code: str
    consent: str
    agree: str
    trying_out: str
    skip: str
    to_the_door: str
    at_the_door: str
    place: str
    recorded: str


CHINESE = PhoneTexts(
    switch=None,
    certificate="执法证号",
    accept="接受邀请，下一步",
    name="您的姓名",
    job="您的职务",
    phone="手机号",
    get_code="获取验证码",
    code_shown="演示环境不发短信，验证码是",
    code="短信验证码",
    consent="我已知晓并同意全程录音录像",
    agree="同意并继续",
    trying_out="检测手机和网络",
    skip="跳过检测",
    to_the_door="进入等候室",
    at_the_door="您已在等候室",
    place=r"^第 \d+ 位$",
    recorded="录制中",
)

ENGLISH = PhoneTexts(
    switch="English",
    certificate="Law enforcement certificate",
    accept="Accept and go on",
    name="Your name",
    job="Your role in the company",
    phone="Mobile phone",
    get_code="Get a code",
    code_shown="Demonstration, nothing is sent. The code is",
    code="Code from the message",
    consent="I know and agree that everything is recorded",
    agree="Agree and go on",
    trying_out="Trying out phone and network",
    skip="Skip the test",
    to_the_door="To the waiting room",
    at_the_door="You are in the waiting room",
    place=r"^No\. \d+$",
    recorded="Recording",
)
