import * as pulumi from "@pulumi/pulumi";
import * as flashback from "@flashback/pulumi-flashback";

const config = new pulumi.Config();
const workspaceId = config.require("workspaceId");

const backups = new flashback.ApiKey("backups", {
    workspaceId,
    key: config.requireSecret("accessKey"),
    secret: config.requireSecret("secretKey"),
    provider: flashback.ProviderType.Aws,
    region: "us-east-1",
    description: "Nightly backups",
});

export const apiKeyId = backups.apiKeyId;
export const signedInAs = flashback.getCurrentUserOutput().apply((user) => user.email);
