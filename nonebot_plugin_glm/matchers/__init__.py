"""人能打什么字，谁能打。"""

from . import reception as reception
from . import retention as retention
from . import signals as signals
