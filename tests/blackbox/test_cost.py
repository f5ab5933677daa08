"""账与额度：重置与重启之后账还在；用完了说一次，失败的不算，主人不受限。"""

from __future__ import annotations

import re

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error
from tests.pictures import needs_drawing
from tests.real_bot import QQ

from .conftest import SUPERUSER, Launch
from .test_pictures import picture

GROUP, ALICE, BOB, CAROL = 1101, 1102, 1103, 1104
PRICES = '{"glm-4.7-flash": [10, 20, 1]}'


async def usage(qq: QQ, words: str = "", user: int = ALICE) -> tuple[int, float, int]:
    """账上的次数、元、命中缓存的百分比。"""
    told = (await qq.talk(user, f"/glm usage {words}")).text
    found = re.search(r"提问 (\d+) 次，([\d.]+) 元\n.*，(\d+)% 命中", told)
    assert found, told
    return int(found[1]), float(found[2]), int(found[3])


async def test_bill_and_quota(launch: Launch, glm: FakeGLM) -> None:
    """一个人一天五次：从第一句话到用完、重启、放开。"""
    bot = await launch(GLM_QUOTA_USER="5次", GLM_PRICES=PRICES)
    qq = await bot.connect()
    glm.answer = "收到"
    await qq.talk(ALICE, "长" * 2000)
    first = await usage(qq)
    glm.script(Error.of("1301"))
    assert "不合适" in (await qq.talk(ALICE, "会失败的一问")).text
    assert await usage(qq) == first == (1, first[1], 0)

    # 第二问重复了第一问的开头，多花的远不到一倍
    await qq.talk(ALICE, "短")
    second = await usage(qq)
    assert second[2] > 40
    assert first[1] < second[1] < first[1] * 1.5

    assert "忘记" in (await qq.talk(ALICE, "/glm reset")).text
    assert await usage(qq) == second

    await qq.call(GROUP, ALICE, "第三问")
    assert (await qq.talk(ALICE, "第四问")).text.startswith("收到")
    assert "用了 80%（4 次，共 5 次）" in (await qq.next()).text
    assert (await qq.talk(ALICE, "第五问")).text.startswith("收到")
    assert await qq.silence(0.2)

    asked = len(glm.chats)
    told = (await qq.talk(ALICE, "第六问")).text
    assert told == "你今天的额度（5 次）用完了，明天 0 点（北京时间）恢复。"
    await qq.private(ALICE, "第七问")
    assert await qq.silence(0.3)
    assert "用完了" in (await qq.call(GROUP, ALICE, "换个地方问")).text
    await qq.ask(GROUP, ALICE, "还问")
    assert await qq.silence(0.3)
    assert len(glm.chats) == asked

    assert "收到" in (await qq.call(GROUP, BOB, "别人照常")).text
    # 插话不算听的人的
    await qq.group(GROUP, BOB, "/glm join keywords 天气", role="admin")
    await qq.next()
    await qq.group(GROUP, CAROL, "今天天气真好")
    assert "收到" in (await qq.next()).text
    assert "你今天用了 0 次" in (await qq.talk(CAROL, "/glm quota")).text
    for number in range(6):
        told = (await qq.talk(SUPERUSER, f"主人的第{number}问")).text
        assert told.startswith("收到")
    assert "超级用户" in (await qq.talk(ALICE, "/glm usage all")).text

    await bot.stop()
    await bot.start()
    qq = await bot.connect()
    assert (await usage(qq))[0] == 5
    assert (await usage(qq, "week all", SUPERUSER))[0] == 13
    assert "用完了" in (await qq.talk(ALICE, "重启之后")).text
    assert "还剩 0 次" in (await qq.talk(ALICE, "/glm quota")).text
    assert "放开了" in (await qq.talk(SUPERUSER, f"/glm quota lift {ALICE}")).text
    for number in range(2):
        assert "收到" in (await qq.talk(ALICE, f"放开之后{number}")).text


@needs_drawing
async def test_chart(launch: Launch, glm: FakeGLM) -> None:
    """文本的账后面跟着一张图。"""
    qq = await (await launch(GLM_RENDER="auto", GLM_PRICES=PRICES)).connect()
    for user in (ALICE, BOB):
        await qq.call(GROUP, user, "问")
    await qq.ask(GROUP, SUPERUSER, "/glm usage month group")
    told, drawn = await qq.collect(2)
    assert "提问 2 次" in told.text
    assert picture(drawn).width == 1440
