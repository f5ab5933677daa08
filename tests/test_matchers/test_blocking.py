"""`/glm block`：不理谁，看得到现在不理谁；只有主人看得到。"""

from __future__ import annotations

from nonebot_plugin_glm.matchers.call import DENIED_OWNER

from .rig import ADMIN, OWNER, Rig


async def test_who_is_blocked(rig: Rig) -> None:
    """不写是谁，就说怎样写、现在不理谁；别的平台上的不算。"""
    how = "请 @ 一个人或写出号码，如 /glm {} 10001。"
    assert await rig.types("/glm block", OWNER) == how.format("block") + (
        "现在没有不理的人。"
    )
    for number in ("13", "12"):
        await rig.types(f"/glm block {number}", OWNER)
    await rig.service.places.block("telegram", "99", on=True)
    for name in ("block", "unblock"):
        told = await rig.types(f"/glm {name}", OWNER)
        assert told == f"{how.format(name)}现在不理的有 12、13。"
    await rig.types("/glm unblock 12", OWNER)
    assert (await rig.types("/glm block", OWNER)).endswith("现在不理的有 13。")
    assert await rig.types("/glm block", ADMIN) == DENIED_OWNER
