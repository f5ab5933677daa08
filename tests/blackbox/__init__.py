"""从外面看的测试：真的机器人进程、真的 WebSocket、真的 HTTP。"""
