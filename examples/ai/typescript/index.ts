import * as pulumi from "@pulumi/pulumi";
import * as flashback from "@flashback/pulumi-flashback";

const config = new pulumi.Config();
const workspaceId = config.require("workspaceId");

const openai = new flashback.ApiKey("openai", {
    workspaceId,
    key: config.requireSecret("accessKey"),
    secret: config.requireSecret("secretKey"),
    provider: flashback.ProviderType.Openai,
});
const assistant = new flashback.AiLlm("assistant", {
    workspaceId,
    name: "assistant",
    aiType: flashback.AiType.Openai,
    endpoint: "https://api.openai.com/v1",
    apiKeyId: openai.apiKeyId,
});
const support = new flashback.Repository("support", {
    workspaceId,
    name: "support",
    storageType: flashback.StorageType.S3,
    mode: flashback.RepositoryMode.Normal,
    aiLlms: [assistant.aiLlmId],
});
const application = new flashback.RepositoryAiKey("application", {
    repositoryId: support.repositoryId,
    name: "application",
    aiType: flashback.AiType.Openai,
});
new flashback.Policy("contracts", {
    workspaceId,
    repositoryId: support.repositoryId,
    name: "No contracts",
    content: "Do not answer with texts of contracts.",
    riskType: flashback.PolicyRisk.High,
    actionType: flashback.PolicyAction.Block,
});

export const apiKeyId = openai.apiKeyId;
export const key = application.key;
export const secret = application.secret;
