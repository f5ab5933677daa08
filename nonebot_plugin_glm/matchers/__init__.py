"""人能打什么字，谁能打。"""

from . import chat as chat
from . import dispatch as dispatch
from . import recall as recall
from . import retention as retention
from . import signals as signals
