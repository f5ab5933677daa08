"""独立运行假服务器：python -m tests.fake_glm [--port N]。"""

import argparse
import asyncio
import sys
from contextlib import suppress

from .demo import demo_answer
from .server import FakeGLM


async def serve(port: int) -> None:
    """一直运行到被打断。"""
    async with FakeGLM(port=port) as glm:
        glm.answer = demo_answer
        glm.chunk_delay = 0.02
        sys.stdout.write(
            "假 GLM 服务器已启动，按 Ctrl + C 停止。\n"
            f"接口地址：{glm.base_url}\n密钥：{glm.api_key}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """解析命令行并运行。"""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_glm")
    parser.add_argument("--port", type=int, default=0, help="端口，默认任选")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
