"""假的 GLM 服务器：只依据接口说明写成，与插件本身互不引用。"""

from . import faults as faults
from .journal import RecordedRequest as RecordedRequest
from .server import FakeGLM as FakeGLM

__all__ = ["FakeGLM", "RecordedRequest", "faults"]
