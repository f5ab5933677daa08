"""一个密钥用一个模型时，同时能问几个：从 1302 学来。

GLM 按账号与模型限制在途的请求数，各人的等级不同，而且不公布
（docs.bigmodel.cn 的速率限制页），所以只能问着看。
"""

from __future__ import annotations

from dataclasses import dataclass

from ..exception import GLMError, RateLimitError

SOONEST, LATEST = 8, 64
"""最早、最晚满着答出多少个再试：试错了有人要多等一次重试，下回就晚一倍。"""


@dataclass(slots=True, eq=False)
class Limit:
    """同时能问几个：被拒绝就降到刚好不被拒绝，有一阵没有被拒绝再加一。

    碰巧的拒绝（别的程序也在用这个密钥、高峰时的限流）很快就忘掉，真的上限很少再碰。
    """

    most: int
    ceiling: int
    """再怎么加也不超过它"""
    in_flight: int = 0
    patience: int = SOONEST
    """满着答出多少个就再试试能不能多一个"""
    _answered: int = 0
    _trying: bool = False
    """刚加了一个，还不知道行不行"""

    @property
    def full(self) -> bool:
        """是否不能再问一个。"""
        return self.in_flight >= self.most

    def failed(self, error: GLMError) -> None:
        """在途的一个失败了（它还算在途）。"""
        if not isinstance(error, RateLimitError) or error.code != "1302":
            return
        if self._trying:
            self.patience = min(self.patience * 2, LATEST)
        self._trying = False
        self._answered = 0
        others = self.in_flight - 1
        # 没有别的在途还被拒绝，是别的程序占着密钥：自己能问几个仍不知道，先减半
        self.most = min(self.most, others) if others else max(1, self.most // 2)

    def succeeded(self) -> None:
        """在途的一个答完了（它还算在途）；没有满着的说明不了什么。"""
        if not self.full or self.most >= self.ceiling:
            return
        self._answered += 1
        if self._answered >= self.patience:
            if self._trying:
                self.patience = SOONEST
            self._trying = True
            self._answered = 0
            self.most += 1
