"""基准：与同一次运行里的两把尺相比，手工运行 `python -m tests.bench`。"""
