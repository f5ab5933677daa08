"""一次次在随机的一刻杀掉真的机器人，看历史：`python -m tests.crashes`。"""
