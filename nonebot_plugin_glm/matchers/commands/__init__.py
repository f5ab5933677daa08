"""`/glm …` 的各个子命令；不许用的人会被告知。"""

from __future__ import annotations

from . import conversation, group, models, operation, rights

TOPICS = (
    conversation.TOPIC,
    models.TOPIC,
    rights.TOPIC,
    group.TOPIC,
    operation.TOPIC,
)
COMMANDS = {command.name: command for topic in TOPICS for command in topic.commands}
"""子命令的名字到子命令。"""
