"""坏输入：上报的事件、GLM 的回应与命令，`python -m tests.fuzz` 跑十万个。"""
