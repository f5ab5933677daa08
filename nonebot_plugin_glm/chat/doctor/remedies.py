"""GLM 的各种失败怎样治；业务码的意思见 docs.bigmodel.cn 的错误码页。"""

from __future__ import annotations

from urllib.parse import urlsplit

from ...api.endpoint import Endpoint
from ...api.models import model_info
from ...exception import (
    APIError,
    AuthError,
    GLMError,
    ModelNotFoundError,
    NetworkError,
    ProtocolError,
    QuotaError,
    RateLimitError,
    ServerError,
)
from .address import CODING_PLAN, PAY_AS_YOU_GO, host_of
from .findings import Finding, State

_FREE = "glm-4.7-flash"
_KEYS = {
    "1003": "过期了：先校准时钟，仍不行就到控制台换一个",
    "1005": "账号开了二次认证：到控制台登录一次",
    "1220": "没有这个接口的权限：到控制台看它的权限，或换一个",
    "1309": "编程套餐到期了：续订，或换按量付费的密钥与地址",
    "1313": "用法不合公平使用的规矩：到控制台看说明，或换按量付费的密钥",
    "1314": "企业套餐失效了：续订，或换一个密钥",
    "1315": f"它只能用于编程套餐：把地址换成 {CODING_PLAN} 的，或换一个密钥",
    **dict.fromkeys(
        ("1110", "1111", "1112", "1121"), "账号停用或锁定了：到控制台看，或找智谱的客服"
    ),
}
_CAUSES = {
    "DNS": "域名解析不了：检查网络与 DNS",
    "Certificate": "证书不对：检查时钟，或是不是被公司的网关拦下了",
    "SSL": "证书不对：检查时钟，或是不是被公司的网关拦下了",
    "Proxy": "代理不通：检查 GLM_PROXY 与代理软件",
    "Timeout": "太久没有回应：检查网络，或设置 GLM_PROXY",
}


def network(error: NetworkError) -> str:
    """连不上 GLM。"""
    cause = str(error)
    known = (text for word, text in _CAUSES.items() if word in cause)
    text = next(known, "连不上：检查网络、防火墙与 GLM_BASE_URL")
    return f"{text}（{cause}）"


def key(error: AuthError | QuotaError, endpoint: Endpoint, model: str) -> str:
    """GLM 不认密钥，或账号里没有额度。"""
    text = _KEYS.get(error.code)
    if text is None and isinstance(error, AuthError):
        text = f"GLM 不认它：到控制台核对，停用了就新领一个{_other_site(endpoint)}"
    elif text is None and error.code == "1113":
        text = f"余额不足：{_broke(endpoint, model)}"
    elif text is None:
        text = "额度用完了：充值，或换一个密钥"
    if isinstance(error, QuotaError) and error.reset_at:
        text = f"用到上限了，{error.reset_at}（北京时间）恢复"
    return f"{text}（{error}）"


def model(error: GLMError, text: str) -> Finding:
    """密钥没有问题，可是模型没有答。"""
    if isinstance(error, ModelNotFoundError):
        remedy = "没有这个模型，或套餐不含它：发送 /glm model 换一个，或改 GLM_MODEL"
    elif isinstance(error, RateLimitError | ServerError):
        return Finding("模型", State.WARN, f"{text}：GLM 那边忙，过一会儿再看")
    elif isinstance(error, ProtocolError):
        remedy = "回应读不懂，检查 GLM_BASE_URL"
    elif isinstance(error, APIError):
        remedy = "请求不被接受，看日志，检查设置"
    else:
        remedy = "中途断了或太久，检查网络与代理"
    return Finding("模型", State.BAD, f"{text}：{remedy}")


def _other_site(endpoint: Endpoint) -> str:
    if not endpoint.official:
        return ""
    return f"；国内站与国际站的密钥不通用，现在的地址是 {host_of(endpoint)}"


def _broke(endpoint: Endpoint, model: str) -> str:
    """1113：没有钱，或密钥用错了地址。"""
    advice = ["充值"]
    if not model_info(model).free:
        advice.append(f"或改用免费的 {_FREE}")
    path = urlsplit(endpoint.base_url).path
    if path == CODING_PLAN:
        advice.append(f"；按量付费的密钥要用 {PAY_AS_YOU_GO} 的地址")
    elif endpoint.official:
        advice.append(f"；明明有钱就是地址不对，编程套餐的密钥要用 {CODING_PLAN}")
    return "".join(advice)
