"""真的机器人进程，与从外面驱动它的 OneBot V11 客户端。"""

from .process import BotProcess as BotProcess
from .qq import QQ as QQ
from .qq import Sent as Sent
