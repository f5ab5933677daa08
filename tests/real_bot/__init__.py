"""真的机器人进程，与从外面驱动它的 OneBot V11 客户端。"""

from .logs import LogRecord as LogRecord
from .logs import complaints as complaints
from .logs import fragments as fragments
from .logs import read_log as read_log
from .process import BotProcess as BotProcess
from .qq import QQ as QQ
from .remains import leaks as leaks
from .segments import at as at
from .segments import image as image
from .segments import reply as reply
from .segments import text as text
from .sent import REFUSED as REFUSED
from .sent import UNANSWERED as UNANSWERED
from .sent import Segments as Segments
from .sent import Sent as Sent
