"""边写边发：写完一段发一段，断了说明，不合适的收回。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import CutStream, Finish
from tests.real_bot import QQ

from .conftest import Tune
from .patience import heard_out

GROUP, ALICE = 1101, 1102
STORY = "第一段，说得不长。\n\n第二段，也不长。\n\n" + "\n\n".join(
    f"第{n}段。" for n in range(3, 9)
)
CODE = "先看代码：\n\n```python\na = 1\n\n\nb = 2\n```\n\n- 一\n\n- 二\n\n完了。"


async def test_first_paragraph_comes_early(qq: QQ, glm: FakeGLM) -> None:
    """第一段写完就发，不等后面；最多四条，余下的都在最后一条里，一字不少。"""
    glm.answer, glm.chunk_size = STORY, 16
    glm.hold(chunks=1)
    asking = await qq.ask(GROUP, ALICE, "讲个故事")
    first = await qq.next()
    assert first.text == "第一段，说得不长。"
    assert first.quoted == str(asking)
    glm.release()
    rest = await heard_out(qq, glm, ALICE, GROUP)
    assert len(rest) == 3
    assert [sent.quoted for sent in rest] == [None] * 3
    assert "\n\n".join([first.text, *(sent.text for sent in rest)]) == STORY


async def test_blocks_are_never_cut(qq: QQ, glm: FakeGLM) -> None:
    """代码块里的空行、松散的列表都不会被切开。"""
    glm.answer, glm.chunk_delay, glm.chunk_size = CODE, 0.02, 3
    await qq.private(ALICE, "写代码")
    texts = [sent.text for sent in await heard_out(qq, glm, ALICE)]
    assert texts == ["先看代码：", "a = 1\n\n\nb = 2", "• 一\n• 二", "完了。"]


async def test_without_streaming(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """`GLM_STREAM=false`：写完了一次发出。"""
    await tune(GLM_STREAM="false")
    glm.answer = STORY
    assert (await qq.talk(ALICE, "讲个故事")).text == STORY
    assert glm.chats[-1]["stream"] is False
    assert await qq.silence(0.3)


async def test_broken_in_the_middle(qq: QQ, glm: FakeGLM) -> None:
    """说到一半断了：说了的留着，说明断了；接着问时 GLM 知道说到哪里；可以重答。"""
    glm.answer, glm.chunk_delay = STORY, 0.02
    glm.script(CutStream(8))
    await qq.private(ALICE, "讲个故事")
    texts = [sent.text for sent in await heard_out(qq, glm, ALICE)]
    assert texts[0] == "第一段，说得不长。"
    assert "断了" in texts[-1]
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken[0] == "讲个故事"
    assert spoken[1].startswith("第一段")
    assert len(glm.chats) == 2


async def test_break_before_anything_is_shown_is_retried(qq: QQ, glm: FakeGLM) -> None:
    """还没有人看到就断了：悄悄重来。"""
    glm.script(CutStream(2))
    assert (await qq.talk(ALICE, "问")).text == "收到：问"
    assert len(glm.chats) == 2


async def test_sensitive_finish_is_withdrawn(qq: QQ, glm: FakeGLM) -> None:
    """说到一半被判不合适：看到的撤回，说一声，历史里没有。"""
    glm.chunk_delay = 0.05
    glm.script(Finish("sensitive", STORY))
    await qq.private(ALICE, "讲个故事")
    sent = await heard_out(qq, glm, ALICE)
    assert sent[0].text == "第一段，说得不长。"
    assert "不合适" in sent[-1].text
    deleted = [params["message_id"] for api, params in qq.calls if api == "delete_msg"]
    assert len(deleted) == len(sent) - 1
    assert len(glm.chats[-1]["messages"]) == 2


async def test_mentions(qq: QQ, glm: FakeGLM) -> None:
    """回答里写的 @：在场的人真的 @ 到，别人与全体只是文字。"""
    await qq.call(GROUP, ALICE, "我来了", sender={"card": "爱丽丝"})
    glm.answer = "@爱丽丝 你好，@路人 @全体成员 也好"
    sent = await qq.call(GROUP, 7, "问候大家")
    mentioned = [s["data"]["qq"] for s in sent.segments if s["type"] == "at"]
    assert mentioned == [str(ALICE)]
    assert "@路人 @全体成员" in sent.text
