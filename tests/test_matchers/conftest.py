"""matchers 的测试共用的假服务，以及只有 GLM 是假的机器人。"""

from __future__ import annotations

from .fake_service import service as service
from .rig import rig as rig
