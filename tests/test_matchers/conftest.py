"""matchers 的测试共用的假服务。"""

from __future__ import annotations

from .fake_service import service as service
