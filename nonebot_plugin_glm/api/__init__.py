"""GLM API：只认识 HTTP 与 GLM，不依赖 NoneBot，可以单独使用。

事实的出处：docs.bigmodel.cn 的接口页与错误码页（2026-04 至 2026-09）。
"""
