"""画图：真的进程画出真的 PNG，从真的连接到聊天里。"""

from __future__ import annotations

import base64

from tests.fake_glm import FakeGLM
from tests.pictures import Picture, needs_drawing, read_png
from tests.real_bot import REFUSED, Sent

from .conftest import Launch

GROUP, USER = 1901, 1902
CODE = "def f(x):\n    # 注释\n    y = x + 1\n    return y"
ANSWER = f"先看代码：\n\n```python\n{CODE}\n```\n\n- **要点**一\n- 要点二"
REST = f"{CODE}\n\n• 要点一\n• 要点二"


def picture(sent: Sent) -> Picture:
    """一条消息里的图，读得开。"""
    [image] = [s["data"]["file"] for s in sent.segments if s["type"] == "image"]
    return read_png(base64.b64decode(image.removeprefix("base64://"), validate=True))


@needs_drawing
async def test_code_becomes_a_picture(launch: Launch, glm: FakeGLM) -> None:
    """一段话、一张图、抄得下来的代码；`/glm resend` 是文本；图被拒绝也是文本。"""
    bot = await launch(GLM_RENDER="auto", GLM_THEME="dark")
    qq = await bot.connect()
    glm.answer, glm.chunk_delay = ANSWER, 0.01
    asking = await qq.ask(GROUP, USER, "写代码")
    words, drawn, copied = await qq.collect(3)
    assert (words.text, words.quoted) == ("先看代码：", str(asking))
    assert 720 <= picture(drawn).width <= 1440
    assert 300 < picture(drawn).height < 1500
    assert max(picture(drawn).corner) < 64
    assert (copied.action, copied.text) == ("send_group_forward_msg", CODE)
    resent = await qq.call(GROUP, USER, "/glm resend")
    assert resent.text == f"先看代码：\n\n{REST}"
    qq.respond = lambda _, params: REFUSED if "base64" in str(params) else None
    await qq.ask(GROUP, USER, "再写一遍")
    assert [sent.text for sent in await qq.collect(2)] == ["先看代码：", REST]
    assert await qq.silence()
