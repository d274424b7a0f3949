"""An AI model of a Flashback workspace, an access key for it, and a policy."""

import pulumi

from pulumi_flashback import AiLlm, ApiKey, Policy, Repository, RepositoryAiKey

config = pulumi.Config()
workspace_id = config.require("workspaceId")

openai = ApiKey(
    "openai",
    workspace_id=workspace_id,
    key=config.require_secret("accessKey"),
    secret=config.require_secret("secretKey"),
    provider="OPENAI",
)
assistant = AiLlm(
    "assistant",
    workspace_id=workspace_id,
    name="assistant",
    ai_type="OPENAI",
    endpoint="https://api.openai.com/v1",
    api_key_id=openai.api_key_id,
)
support = Repository(
    "support",
    workspace_id=workspace_id,
    name="support",
    storage_type="S3",
    mode="NORMAL",
    ai_llms=[assistant.ai_llm_id],
)
application = RepositoryAiKey(
    "application",
    repository_id=support.repository_id,
    name="application",
    ai_type="OPENAI",
)
Policy(
    "contracts",
    workspace_id=workspace_id,
    repository_id=support.repository_id,
    name="No contracts",
    content="Do not answer with texts of contracts.",
    risk_type="HIGH",
    action_type="BLOCK",
)

pulumi.export("apiKeyId", openai.api_key_id)
pulumi.export("key", application.key)
pulumi.export("secret", application.secret)
