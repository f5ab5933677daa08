"""把一切存着的写成一份 JSON Lines，再读回来：换机器，或留一份备份。

第一行是 `{"format": "nonebot_plugin_glm", "version": 3}`，最后一行是 `{"end": 行数}`，
中间一行是一张表的一行。会话之后是它的各轮，每一轮之后是它的消息，再是备忘。
"""

from .lines import lines_of as lines_of
from .loading import Loaded as Loaded
from .loading import load as load
from .writing import Dumped as Dumped
from .writing import dump as dump
