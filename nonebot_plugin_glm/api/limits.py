"""一个密钥用一个模型时，同时能问几个：从 1302 学来。

GLM 按账号与模型限制在途的请求数，各人的等级不同，而且不公布
（docs.bigmodel.cn 的速率限制页），所以只能问着看。
"""

from __future__ import annotations

from dataclasses import dataclass

from ..exception import GLMError, RateLimitError

GROW_AFTER = 50
"""满着答出这么多个，才再试试能不能多一个：试错了有人要多等一次重试。"""


@dataclass(slots=True, eq=False)
class Limit:
    """同时能问几个：被拒绝就降到刚好不被拒绝，很久没有被拒绝再加一。"""

    most: int
    ceiling: int
    """再怎么加也不超过它"""
    in_flight: int = 0
    _answered: int = 0

    @property
    def full(self) -> bool:
        """是否不能再问一个。"""
        return self.in_flight >= self.most

    def failed(self, error: GLMError) -> None:
        """在途的一个失败了（它还算在途）。"""
        if isinstance(error, RateLimitError) and error.code == "1302":
            self.most = max(1, min(self.most, self.in_flight - 1))
            self._answered = 0

    def succeeded(self) -> None:
        """在途的一个答完了（它还算在途）；没有满着的说明不了什么。"""
        if self.full and self.most < self.ceiling:
            self._answered += 1
            if self._answered >= GROW_AFTER:
                self.most += 1
                self._answered = 0
